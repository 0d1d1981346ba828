import { cursorOf, readPosition } from '@federated-media/subgraph-kit/keyset-cursor';
import {
  type PageArguments,
  readPageRequest,
  toConnection,
} from '@federated-media/subgraph-kit/pagination';
import { createPageLoader } from '../../platform/page-loader.ts';
import type { AuditEntryRecord } from './audit-entry.ts';
import type { AuditRepository } from './repository.ts';

interface AuditPageKey {
  readonly mediaId: string;
  /** Of the file. A page that is read after a change in the same request is another page. */
  readonly version: number;
  readonly limit: number;
  /** The cursor that the client sent. */
  readonly cursor: string | null;
}

/** For one request and one store. */
export function createAuditLoader(audit: AuditRepository, storeId: string) {
  const entries = createPageLoader<AuditPageKey, AuditEntryRecord>({
    pageOf: ({ limit, cursor }) => `${limit} ${cursor ?? ''}`,
    fileOf: ({ mediaId, version }) => `${mediaId} ${version}`,
    read(mediaIds, { limit, cursor }) {
      const after = cursor === null ? null : readPosition(cursor, ['after']);
      return audit.findPages(storeId, mediaIds, { after, limit });
    },
  });

  return {
    /** The entries of a file, newest first. @throws BAD_USER_INPUT for an invalid page size or cursor */
    async page(
      file: { readonly id: string; readonly version: number },
      { first, after }: Pick<PageArguments, 'first' | 'after'>,
    ) {
      const request = readPageRequest({ first, after });
      const { cursor, limit } = request;
      if (cursor !== null) readPosition(cursor, ['after']);
      const { id: mediaId, version } = file;
      const rows = await entries.load({ mediaId, version, limit: limit + 1, cursor });
      return toConnection({
        rows,
        request,
        cursorOf: ({ at, id }) => cursorOf({ createdAt: at, id }),
        totalCount: async () => rows.length,
      });
    },
  };
}
export type AuditLoader = ReturnType<typeof createAuditLoader>;
export type AuditPage = Awaited<ReturnType<AuditLoader['page']>>;
