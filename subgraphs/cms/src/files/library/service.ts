import type { Caller } from '@federated-media/subgraph-kit/identity';
import { readPageRequest, toConnection } from '@federated-media/subgraph-kit/pagination';
import type { QueryMediaLibraryArgs } from '../../generated/graphql.ts';
import { allFields } from '../../model/file-row.ts';
import { readFilter } from './filter.ts';
import { cursorIn, readCursor, readOrder } from './order.ts';
import type { LibraryRepository } from './repository.ts';

interface Selection {
  /** What is read of the files. Absent: everything. */
  readonly fields?: ReadonlySet<string>;
  /** Whether `totalCount` will be called. Both are then one statement, where that is faster. */
  readonly isCounted?: boolean;
}

export function createLibraryService({ library }: { library: LibraryRepository }) {
  return {
    /** @throws BAD_USER_INPUT for an invalid page size, cursor or filter */
    async page(
      { storeId }: Caller,
      page: QueryMediaLibraryArgs,
      { fields = allFields, isCounted = false }: Selection = {},
    ) {
      const request = readPageRequest(page);
      const { cursor, direction, limit } = request;
      const order = readOrder(page.orderBy);
      const filter = readFilter(page.filter);
      const name = direction === 'forward' ? 'after' : 'before';
      const from = cursor === null ? null : readCursor(order, { cursor, name });

      const wanted = { fields, filter, order, direction, from, limit: limit + 1, isCounted };
      const { files, hasOthers, total } = await library.findPage(storeId, wanted);
      let counted = total === null ? undefined : Promise.resolve(total);
      return toConnection({
        rows: files,
        request,
        hasOthers,
        cursorOf: (file) => cursorIn(order, file),
        totalCount: () => (counted ??= library.count(storeId, filter)),
      });
    },

    async folders({ storeId }: Caller) {
      const folders = await library.findFolders(storeId);
      return folders.map(({ path, mediaCount }) => {
        const end = path.lastIndexOf('/');
        return {
          path,
          name: path.slice(end + 1),
          parentPath: end < 0 ? null : path.slice(0, end),
          mediaCount,
        };
      });
    },
  };
}
export type LibraryService = ReturnType<typeof createLibraryService>;
export type LibraryPage = Awaited<ReturnType<LibraryService['page']>>;
