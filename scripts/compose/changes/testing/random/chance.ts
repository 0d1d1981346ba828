import { seededRandom } from '@federated-media/stack/testing/seeded-random';

/** Random choices, the same for the same seed. */
export function createChance(seed: number) {
  const next = seededRandom(seed);
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    isHeads: () => next() < 0.5,
    /** Undefined for an empty list. */
    pick: <Item>(items: readonly Item[]): Item | undefined => items[below(items.length)],
  };
}

export type Chance = ReturnType<typeof createChance>;
