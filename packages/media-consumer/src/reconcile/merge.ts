import type { LedgerRow } from '../cms-client.ts';
import type { Association } from './repository.ts';

/** What both sides say of one use. At least one of the two knows it. */
export interface Pair {
  readonly usageId: string;
  readonly association: Association | null;
  readonly claim: LedgerRow | null;
}

/** Everything on either side, in the order of usage ids; holds a page of each, however many there are. */
export async function* mergeByUsage(
  associations: AsyncIterable<Association>,
  claims: AsyncIterable<LedgerRow>,
): AsyncGenerator<Pair> {
  const [mine, theirs] = [associations[Symbol.asyncIterator](), claims[Symbol.asyncIterator]()];
  let [left, right] = await Promise.all([mine.next(), theirs.next()]);
  while (!left.done || !right.done) {
    const association = left.done ? null : left.value;
    const claim = right.done ? null : right.value;
    const usageId = lesser(association?.usageId, claim?.usageId);
    const isMine = association?.usageId === usageId;
    const isTheirs = claim?.usageId === usageId;
    yield {
      usageId,
      association: isMine ? association : null,
      claim: isTheirs ? claim : null,
    };
    if (isMine) left = await mine.next();
    if (isTheirs) right = await theirs.next();
  }
}

function lesser(one: string | undefined, other: string | undefined): string {
  if (one === undefined || other === undefined) return one ?? other ?? '';
  return one < other ? one : other;
}

/** The items of page after page, the next one asked for behind the last id. */
export async function* itemsOf<Item extends { readonly usageId: string }>(
  read: (after: string | null) => Promise<readonly Item[]>,
): AsyncGenerator<Item> {
  let after: string | null = null;
  for (;;) {
    const items = await read(after);
    yield* items;
    const last = items.at(-1);
    if (!last) return;
    if (after !== null && last.usageId <= after) throw new Error('The pages go round in circles.');
    after = last.usageId;
  }
}
