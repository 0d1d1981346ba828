import type { Caller } from '@federated-media/subgraph-kit/identity';
import { badUserInput } from '@federated-media/subgraph-kit/errors';
import { normalKey } from '@federated-media/subgraph-kit/normal-form';
import { readPageRequest, toConnection } from '@federated-media/subgraph-kit/pagination';
import { lengthOf } from '@federated-media/subgraph-kit/text';
import type { QueryMediaLibraryArgs, QueryMediaTagsArgs } from '../../generated/graphql.ts';
import { allFields } from '../../model/file-row.ts';
import { readFilter } from './filter.ts';
import { cursorIn, readCursor, readOrder } from './order.ts';
import type { LibraryRepository, TagRow } from './repository.ts';
import { MAX_TAG } from '../media-file/text.ts';

const TAGS_BY_DEFAULT = 100;
const MAX_TAGS_LISTED = 1_000;

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

    /** @throws BAD_USER_INPUT for an invalid number of tags and for a `search` that is too long */
    async tags({ storeId }: Caller, { first, search }: QueryMediaTagsArgs): Promise<TagRow[]> {
      const limit = first ?? TAGS_BY_DEFAULT;
      if (limit < 1 || limit > MAX_TAGS_LISTED)
        throw badUserInput(`first must be between 1 and ${MAX_TAGS_LISTED}.`, ['first']);
      const start = search ?? '';
      if (lengthOf(start) > MAX_TAG)
        throw badUserInput(`search is too long. The maximum is ${MAX_TAG} characters.`, ['search']);
      return library.findTags(storeId, normalKey(start), limit);
    },
  };
}
export type LibraryService = ReturnType<typeof createLibraryService>;
export type LibraryPage = Awaited<ReturnType<LibraryService['page']>>;
