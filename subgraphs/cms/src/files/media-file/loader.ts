import { isId } from '@federated-media/subgraph-kit/ids';
import { keepResponsePrivate } from '@federated-media/subgraph-kit/request-life';
import DataLoader from 'dataloader';
import { allFields } from '../../model/file-row.ts';
import type { MediaContentRecord, MediaFileRecord } from '../../model/media-file.ts';
import { createPageLoader } from '../../platform/page-loader.ts';
import type { ContentsPage, MediaFileRepository } from './repository.ts';

interface ContentsOf extends ContentsPage {
  readonly mediaId: string;
}

/** For one request and one store: reads each file at most once, and all files together in one statement. */
export function createMediaLoaders(files: MediaFileRepository, storeId: string) {
  let mediaFiles: DataLoader<string, MediaFileRecord | null, string> | undefined;
  const byId = (fields: ReadonlySet<string>) =>
    new DataLoader<string, MediaFileRecord | null, string>(
      async (ids) => {
        const known = ids.filter(isId);
        const found = known.length > 0 ? await files.findFiles(storeId, known, fields) : [];
        if (found.some(({ visibility }) => visibility === 'PRIVATE')) keepResponsePrivate();
        const entries = new Map(found.map((file) => [file.id, file]));
        return ids.map((id) => entries.get(id.toLowerCase()) ?? null);
      },
      { cacheKeyFn: (id) => id.toLowerCase() },
    );
  return {
    /**
     * By id, with `fields`, which are the same in the whole request. Null if the file is unknown or belongs to another
     * store, or if the id is invalid.
     */
    mediaFiles: (fields = allFields) => (mediaFiles ??= byId(fields)),
    /** Newest first. */
    contents: createPageLoader<ContentsOf, MediaContentRecord>({
      pageOf: ({ before, limit }) => `${before} ${limit}`,
      read: (ids, page) => files.findContents(storeId, ids, page),
    }),
  };
}
export type MediaLoaders = ReturnType<typeof createMediaLoaders>;
