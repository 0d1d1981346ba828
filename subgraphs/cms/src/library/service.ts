import { badUserInput } from '@federated-media/subgraph-kit/errors';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import { isId } from '@federated-media/subgraph-kit/ids';
import {
  decodeCursor,
  encodeCursor,
  readPageRequest,
  toConnection,
} from '@federated-media/subgraph-kit/pagination';
import type { QueryMediaLibraryArgs } from '../generated/graphql.ts';
import type { MediaFileRecord } from '../media-file/media-file.ts';
import type { LibraryPosition, LibraryRepository } from './repository.ts';

export function createLibraryService({ library }: { library: LibraryRepository }) {
  return {
    /** @throws BAD_USER_INPUT for a page size or cursor that can't be */
    async page({ storeId }: Caller, { first, after }: QueryMediaLibraryArgs) {
      const request = readPageRequest({ first, after });
      const position = request.cursor === null ? null : readPosition(request.cursor);
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

const cursorOf = ({ createdAt, id }: MediaFileRecord) =>
  encodeCursor([createdAt.toISOString(), id]);

function readPosition(cursor: string): LibraryPosition {
  const [createdAt = '', id = ''] = decodeCursor(cursor, 2);
  if (isId(id) && isMoment(createdAt)) return { createdAt, id };
  throw badUserInput('This cursor is not one of ours.', ['after']);
}

/** Whether `text` is what toISOString writes of a year that PostgreSQL reads back. */
function isMoment(text: string): boolean {
  const date = new Date(text);
  return /^[1-9]\d{3}-/.test(text) && !Number.isNaN(date.valueOf()) && date.toISOString() === text;
}
