import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { LibraryService } from './library/service.ts';
import type { MediaLoaders } from './media-file/loader.ts';
import type { MediaFileRecord } from './media-file/media-file.ts';
import type { MediaFileService } from './media-file/service.ts';
import type { UploadService } from './upload/service.ts';

/** What every resolver is given. */
export interface Context extends RequestScope {
  mediaFiles: MediaFileService;
  library: LibraryService;
  uploads: UploadService;
  /** Of this request and the caller's store. */
  loaders: MediaLoaders;
  /** Where a file's bytes are; null while they are not to be had. */
  addressOf(file: MediaFileRecord, options: { download: boolean }): string | null;
}
