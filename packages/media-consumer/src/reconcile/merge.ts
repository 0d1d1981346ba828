import type { LedgerRow } from '../cms-client.ts';
import type { Association } from './repository.ts';

/** What both sides say of one use. At least one of the two knows it. */
export interface Pair {
  readonly usageId: string;
  readonly association: Association | null;
  readonly claim: LedgerRow | null;
}

/**
 * Everything on either side; holds a page of each, however many there are, and the stores' names. Claims
 * come by store, whatever the stores' order, and like associations by usage id within one: UUIDs, which
 * every database sorts alike.
 */
export async function* pairsOf({
  claims,
  storeIds,
  associationsOf,
}: {
  claims: AsyncIterable<LedgerRow>;
  /** Those with associations. */
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

/** The items of page after page. */
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
      throw new Error('The pages go round in circles.');
    after = page.next;
  } while (after !== null);
}
