import { seededRandom } from '@federated-media/stack/testing/seeded-random';

export interface Chance {
  /** True with the probability `share`. */
  happens(share: number): boolean;
  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

/** The same decisions for the same seed. */
export function createChance(seed: number): Chance {
  const next = seededRandom(seed);
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    happens: (share) => next() < share,
    below,
    pick: (items) => items[below(items.length)]!,
  };
}
