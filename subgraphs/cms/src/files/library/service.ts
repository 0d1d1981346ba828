import { type Caller, MAX_SUBJECT } from '@federated-media/subgraph-kit/identity';
import { badUserInput } from '@federated-media/subgraph-kit/errors';
import { normalKey } from '@federated-media/subgraph-kit/normal-form';
import { readPageRequest, toConnection } from '@federated-media/subgraph-kit/pagination';
import { lengthOf, textProblem } from '@federated-media/subgraph-kit/text';
import type {
  QueryMediaLibraryArgs,
  QueryMediaTagsArgs,
  QueryMediaUploadersArgs,
} from '../../generated/graphql.ts';
import { allFields } from '../../model/file-row.ts';
import { readFilter } from './filter.ts';
import { cursorIn, readCursor, readOrder } from './order.ts';
import type { LibraryRepository, TagRow, UploaderRow } from './repository.ts';
import { MAX_TAG } from '../media-file/text.ts';

const LISTED_BY_DEFAULT = 100;
const MAX_LISTED = 1_000;

interface Selection {
  /** What is read of the files. Absent: everything. */
  readonly fields?: ReadonlySet<string>;
  /** Whether `totalCount` will be called. Both are then one statement, where that is faster. */
  readonly isCounted?: boolean;
}

export function createLibraryService({ library }: { library: LibraryRepository }) {
  return {
    /** @throws BAD_USER_INPUT for an invalid page size, cursor, filter or order */
    async page(
      { storeId }: Caller,
      page: QueryMediaLibraryArgs,
      { fields = allFields, isCounted = false }: Selection = {},
    ) {
      const request = readPageRequest(page);
      const { cursor, direction, limit } = request;
      const filter = readFilter(page.filter);
      const order = readOrder(page.orderBy, filter);
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

    /** @throws BAD_USER_INPUT for an invalid number of tags and for a `search` that is too long */
    async tags({ storeId }: Caller, request: QueryMediaTagsArgs): Promise<TagRow[]> {
      const { search, limit } = readSuggestions(request, MAX_TAG);
      return library.findTags(storeId, search, limit);
    },

    /** @throws BAD_USER_INPUT for an invalid number of uploaders and for a `search` that is too long */
    async uploaders({ storeId }: Caller, request: QueryMediaUploadersArgs): Promise<UploaderRow[]> {
      const { search, limit } = readSuggestions(request, MAX_SUBJECT);
      return library.findUploaders(storeId, search, limit);
    },
  };
}

function readSuggestions({ first, search: given }: QueryMediaTagsArgs, maxSearch: number) {
  const search = given ?? '';
  const limit = first ?? LISTED_BY_DEFAULT;
  if (limit < 1 || limit > MAX_LISTED)
    throw badUserInput(`first must be between 1 and ${MAX_LISTED}.`, ['first']);
  if (lengthOf(search) > maxSearch)
    throw badUserInput(`search is too long. The maximum is ${maxSearch} characters.`, ['search']);
  const problem = textProblem(search, maxSearch);
  if (problem !== null) throw badUserInput(problem, ['search']);
  return { search: normalKey(search), limit };
}
export type LibraryService = ReturnType<typeof createLibraryService>;
export type LibraryPage = Awaited<ReturnType<LibraryService['page']>>;
