import type { LedgerRow } from '../cms-client.ts';
import type { Association } from './repository.ts';

/** One usage on both sides. At least one of the two has it. */
export interface Pair {
  readonly usageId: string;
  readonly association: Association | null;
  readonly claim: LedgerRow | null;
}

/**
 * All usages of either side. It holds one page of each side in memory, and the names of the stores. Claims
 * are grouped by store, in any order of stores. Within a store both sides are sorted by usage id: UUIDs,
 * which every database sorts the same way.
 */
export async function* pairsOf({
  claims,
  storeIds,
  associationsOf,
}: {
  claims: AsyncIterable<LedgerRow>;
  /** Stores with associations. */
  storeIds: () => Promise<readonly string[]>;
  associationsOf: (storeId: string) => AsyncIterable<Association>;
}): AsyncGenerator<Pair> {
  const iterator = claims[Symbol.asyncIterator]();
  const read = async (): Promise<LedgerRow | null> => {
    const result = await iterator.next();
    return result.done === true ? null : result.value;
  };
  const seen = new Set<string>();
  let claim = await read();
  while (claim) {
    const { storeId } = claim;
    seen.add(storeId);
    for await (const association of associationsOf(storeId)) {
      const { usageId } = association;
      while (claim?.storeId === storeId && claim.usageId < usageId) {
        yield { usageId: claim.usageId, association: null, claim };
        claim = await read();
      }
      const isSame: boolean = claim?.storeId === storeId && claim.usageId === usageId;
      yield { usageId, association, claim: isSame ? claim : null };
      if (isSame) claim = await read();
    }
    while (claim?.storeId === storeId) {
      yield { usageId: claim.usageId, association: null, claim };
      claim = await read();
    }
  }
  for (const storeId of await storeIds()) {
    if (seen.has(storeId)) continue;
    for await (const association of associationsOf(storeId)) {
      yield { usageId: association.usageId, association, claim: null };
    }
  }
}

/** The items of all pages. */
export async function* itemsOf<Item>(
  read: (
    after: string | null,
  ) => Promise<{ readonly items: readonly Item[]; readonly next: string | null }>,
): AsyncGenerator<Item> {
  let after: string | null = null;
  do {
    const page: { readonly items: readonly Item[]; readonly next: string | null } =
      await read(after);
    yield* page.items;
    if (page.next !== null && page.next === after)
      throw new Error('A page returned its own cursor as the next one.');
    after = page.next;
  } while (after !== null);
}
