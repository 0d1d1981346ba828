import { readPosition } from '@federated-media/subgraph-kit/keyset-cursor';
import DataLoader from 'dataloader';
import type { UsageListRepository } from './list-repository.ts';
import type { UsageRecord } from './media-usage.ts';

export interface WantedPage {
  readonly mediaId: string;
  readonly limit: number;
  /** As the client sent it. */
  readonly cursor: string | null;
}

/** One request's view of one store: the same page of many files is one statement. */
export const createUsageLoader = (usages: UsageListRepository, storeId: string) =>
  new DataLoader<WantedPage, UsageRecord[], string>(
    async (wanted) => {
      const byFile = new Map<string, UsageRecord[]>();
      for (const [key, pages] of Map.groupBy(wanted, keyOfPage)) {
        const [page] = pages;
        if (!page) continue;
        const { limit, cursor } = page;
        const after = cursor === null ? null : readPosition(cursor, ['after']);
        const ids = pages.map(({ mediaId }) => mediaId);
        for (const usage of await usages.findPages(storeId, ids, { after, limit })) {
          const of = `${key} ${usage.mediaId}`;
          byFile.set(of, [...(byFile.get(of) ?? []), usage]);
        }
      }
      return wanted.map((page) => byFile.get(keyOf(page)) ?? []);
    },
    { cacheKeyFn: keyOf },
  );
export type UsageLoader = ReturnType<typeof createUsageLoader>;

const keyOfPage = ({ limit, cursor }: WantedPage): string => `${limit} ${cursor ?? ''}`;
const keyOf = (page: WantedPage): string => `${keyOfPage(page)} ${page.mediaId}`;
