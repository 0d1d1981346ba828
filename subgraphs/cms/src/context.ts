import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { AuditLoader } from './audit/loader.ts';
import type { ChangeFeedService } from './change-feed/service.ts';
import type { LibraryService } from './library/service.ts';
import type { MediaLoaders } from './media-file/loader.ts';
import type { MediaFileService } from './media-file/service.ts';
import type { TrashService } from './media-file/trash-service.ts';
import type { Addresses } from './rendition/addresses.ts';
import type { StoreService } from './store/service.ts';
import type { ImportService } from './upload/import-service.ts';
import type { ReplacementService } from './upload/replacement-service.ts';
import type { UploadService } from './upload/service.ts';
import type { UsageClaimsService } from './usage/claims-service.ts';
import type { UsageLoader } from './usage/loader.ts';
import type { UsageService } from './usage/service.ts';
import type { StagedUploadService } from './upload/staged-service.ts';

/** What every resolver is given. */
export interface Context extends RequestScope {
  mediaFiles: MediaFileService;
  trash: TrashService;
  library: LibraryService;
  stores: StoreService;
  uploads: UploadService;
  usages: UsageService;
  usageClaims: UsageClaimsService;
  changeFeed: ChangeFeedService;
  stagedUploads: StagedUploadService;
  imports: ImportService;
  replacements: ReplacementService;
  /** Of this request and the caller's store. */
  loaders: MediaLoaders & { readonly audit: AuditLoader; readonly usages: UsageLoader };
  addresses: Addresses;
}
