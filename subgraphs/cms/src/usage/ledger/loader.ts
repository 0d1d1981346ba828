import { readPosition } from '@federated-media/subgraph-kit/keyset-cursor';
import { createPageLoader } from '../../platform/page-loader.ts';
import type { UsageListRepository } from './list-repository.ts';
import type { UsageRecord } from './media-usage.ts';

export interface UsagePageKey {
  readonly mediaId: string;
  readonly limit: number;
  /** The cursor that the client sent. */
  readonly cursor: string | null;
}

/** For one request and one store. */
export const createUsageLoader = (usages: UsageListRepository, storeId: string) =>
  createPageLoader<UsagePageKey, UsageRecord>({
    pageOf: ({ limit, cursor }) => `${limit} ${cursor ?? ''}`,
    read(mediaIds, { limit, cursor }) {
      const after = cursor === null ? null : readPosition(cursor, ['after']);
      return usages.findPages(storeId, mediaIds, { after, limit });
    },
  });
export type UsageLoader = ReturnType<typeof createUsageLoader>;
