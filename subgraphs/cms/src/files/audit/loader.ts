import { cursorOf, readPosition } from '@federated-media/subgraph-kit/keyset-cursor';
import { readPageRequest, toConnection } from '@federated-media/subgraph-kit/pagination';
import DataLoader from 'dataloader';
import type { AuditEntryRecord } from './audit-entry.ts';
import type { AuditRepository } from './repository.ts';

export interface AuditPageKey {
  readonly mediaId: string;
  /** The version of the file: a page that is read after a change in the same request is another page. */
  readonly version: number;
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** For one request: the same page of any number of files is one statement. */
export function createAuditLoader(audit: AuditRepository, storeId: string) {
  return new DataLoader<AuditPageKey, AuditPage, string>(
    async (keys) => {
      const pages = new Map<AuditPageKey, AuditPage>();
      for (const [, group] of Map.groupBy(keys, pageOf)) {
        const [any] = group;
        if (!any) continue;
        for (const [key, page] of await readPages(audit, storeId, group, any)) pages.set(key, page);
      }
      return keys.map(
        (key) => pages.get(key) ?? new Error('The repository returned no page for a file.'),
      );
    },
    { cacheKeyFn: (key) => JSON.stringify([key.mediaId, key.version, pageOf(key)]) },
  );
}
export type AuditLoader = ReturnType<typeof createAuditLoader>;
export type AuditPage = ReturnType<typeof toPage>;

async function readPages(
  audit: AuditRepository,
  storeId: string,
  keys: readonly AuditPageKey[],
  { first, after }: Pick<AuditPageKey, 'first' | 'after'>,
): Promise<Map<AuditPageKey, AuditPage>> {
  const request = readPageRequest({ first, after });
  const position = request.cursor === null ? null : readPosition(request.cursor, ['after']);
  const ids = [...new Set(keys.map(({ mediaId }) => mediaId))];
  const limit = request.limit + 1;
  const rows = await audit.findPages(storeId, ids, { after: position, limit });
  const byFile = Map.groupBy(rows, ({ mediaId }) => mediaId);
  return new Map(keys.map((key) => [key, toPage(byFile.get(key.mediaId) ?? [], request)]));
}

const toPage = (rows: readonly AuditEntryRecord[], request: ReturnType<typeof readPageRequest>) =>
  toConnection({
    rows,
    request,
    cursorOf: ({ at, id }) => cursorOf({ createdAt: at, id }),
    totalCount: async () => rows.length,
  });

const pageOf = ({ first, after }: AuditPageKey) => JSON.stringify([first ?? null, after ?? null]);
