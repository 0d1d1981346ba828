import { readPosition } from '@federated-media/subgraph-kit/keyset-cursor';
import DataLoader from 'dataloader';
import type { UsageListRepository } from './list-repository.ts';
import type { UsageRecord } from './media-usage.ts';

export interface UsagePageKey {
  readonly mediaId: string;
  readonly limit: number;
  /** The cursor that the client sent. */
  readonly cursor: string | null;
}

/** For one request and one store: the same page of several files is one statement. */
export const createUsageLoader = (usages: UsageListRepository, storeId: string) =>
  new DataLoader<UsagePageKey, UsageRecord[], string>(
    async (keys) => {
      const byFile = new Map<string, UsageRecord[]>();
      for (const [pageKey, pages] of Map.groupBy(keys, pageKeyOf)) {
        const [page] = pages;
        if (!page) continue;
        const { limit, cursor } = page;
        const after = cursor === null ? null : readPosition(cursor, ['after']);
        const ids = pages.map(({ mediaId }) => mediaId);
        for (const usage of await usages.findPages(storeId, ids, { after, limit })) {
          const of = `${pageKey} ${usage.mediaId}`;
          byFile.set(of, [...(byFile.get(of) ?? []), usage]);
        }
      }
      return keys.map((key) => byFile.get(keyOf(key)) ?? []);
    },
    { cacheKeyFn: keyOf },
  );
export type UsageLoader = ReturnType<typeof createUsageLoader>;

const pageKeyOf = ({ limit, cursor }: UsagePageKey): string => `${limit} ${cursor ?? ''}`;
const keyOf = (key: UsagePageKey): string => `${pageKeyOf(key)} ${key.mediaId}`;
