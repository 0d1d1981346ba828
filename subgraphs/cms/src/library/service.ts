import type { Caller } from '@federated-media/subgraph-kit/identity';
import { cursorOf, readPosition } from '@federated-media/subgraph-kit/keyset-cursor';
import { readPageRequest, toConnection } from '@federated-media/subgraph-kit/pagination';
import type { QueryMediaLibraryArgs } from '../generated/graphql.ts';
import type { LibraryRepository } from './repository.ts';

export function createLibraryService({ library }: { library: LibraryRepository }) {
  return {
    /** @throws BAD_USER_INPUT for a page size or cursor that can't be */
    async page({ storeId }: Caller, { first, after }: QueryMediaLibraryArgs) {
      const request = readPageRequest({ first, after });
      const { cursor } = request;
      const position = cursor === null ? null : readPosition(cursor, ['after']);
      const rows = await library.findPage(storeId, { after: position, limit: request.limit + 1 });
      return toConnection({
        rows,
        request,
        cursorOf,
        totalCount: () => library.count(storeId),
      });
    },
  };
}
export type LibraryService = ReturnType<typeof createLibraryService>;
export type LibraryPage = Awaited<ReturnType<LibraryService['page']>>;
