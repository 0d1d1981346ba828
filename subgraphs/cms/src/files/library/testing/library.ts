import { afterAll, beforeAll, expect } from 'vitest';
import { type MediaStore, openMediaStore } from '../../media-file/testing/media-store.ts';
import type { CommitOptions } from '../../../intake/commit/repository.ts';
import type { MediaLibraryFilter, QueryMediaLibraryArgs } from '../../../generated/graphql.ts';
import { createFolderRepository } from '../../folder/repository.ts';
import { createFolderService } from '../../folder/service.ts';
import { createLibraryRepository } from '../repository.ts';
import { createLibraryService } from '../service.ts';

export const callerOf = (storeId: string) => ({
  subject: 'someone',
  storeId,
  scopes: new Set<string>(),
  issuer: 'gateway',
});

/** What a test sets for a file. The rest is that of an image. */
interface Said {
  name?: string;
  details?: CommitOptions['details'];
  /** By the names in the database. */
  columns?: Record<string, unknown>;
}

function openLibrary(store: MediaStore) {
  const library = createLibraryService({ library: createLibraryRepository({ pool: store.pool }) });
  const folders = createFolderService({ folders: createFolderRepository({ pool: store.pool }) });
  return {
    store,
    library,
    folders,
    /** Adds a file as an upload does, then sets the given columns. Returns its id. */
    async add(storeId: string, { name = 'beach.jpg', details = {}, columns = {} }: Said = {}) {
      const { id } = await store.addFile(storeId, { originalFilename: name, details });
      for (const [column, value] of Object.entries(columns)) {
        await store.pool.query(`UPDATE media_files SET ${column} = $2 WHERE id = $1`, [id, value]);
      }
      return id;
    },
    async idsOf(storeId: string, page: QueryMediaLibraryArgs): Promise<string[]> {
      return (await library.page(callerOf(storeId), page)).nodes.map(({ id }) => id);
    },
    async namesOf(storeId: string, filter: MediaLibraryFilter | null): Promise<string[]> {
      const page = (isCounted: boolean) =>
        library.page(callerOf(storeId), { filter, first: 100 }, { isCounted });
      const [apart, together] = await Promise.all([page(false), page(true)]);
      const names = apart.nodes.map(({ originalFilename }) => originalFilename);
      expect(together.nodes).toEqual(apart.nodes);
      expect(await apart.totalCount()).toBe(names.length);
      expect(await together.totalCount()).toBe(names.length);
      return names.toSorted();
    },
  };
}
export type TestLibrary = ReturnType<typeof openLibrary>;

/** One database for all tests of a test file, filled by `fill`. */
export function useTestLibrary(
  opened: (library: TestLibrary) => void,
  fill: (store: MediaStore) => Promise<unknown> = async () => {},
) {
  let store: MediaStore;
  beforeAll(async () => {
    store = await openMediaStore();
    await fill(store);
    opened(openLibrary(store));
  }, 120_000);
  afterAll(() => store.close());
}
