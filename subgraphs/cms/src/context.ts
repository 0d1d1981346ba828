import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { AuditLoader } from './files/audit/loader.ts';
import type { ChangeFeedService } from './usage/change-feed/service.ts';
import type { FolderService } from './files/folder/service.ts';
import type { InvalidationService } from './usage/invalidations/service.ts';
import type { LibraryService } from './files/library/service.ts';
import type { MediaLoaders } from './files/media-file/loader.ts';
import type { MediaFileService } from './files/media-file/service.ts';
import type { TrashService } from './files/trash/service.ts';
import type { Presets } from './delivery/rendition/presets.ts';
import type { MediaUrls } from './delivery/urls/media-urls.ts';
import type { StoreService } from './files/store/service.ts';
import type { ImportService } from './intake/upload/import/service.ts';
import type { ReplacementService } from './intake/upload/replacement/service.ts';
import type { UploadService } from './intake/upload/multipart/service.ts';
import type { UsageClaimsService } from './usage/ledger/claims-service.ts';
import type { UsageLoader } from './usage/ledger/loader.ts';
import type { UsageService } from './usage/ledger/service.ts';
import type { StagedUploadService } from './intake/upload/staged/service.ts';

/** The context of every resolver. */
export interface Context extends RequestScope {
  mediaFiles: MediaFileService;
  trash: TrashService;
  library: LibraryService;
  folders: FolderService;
  stores: StoreService;
  uploads: UploadService;
  usages: UsageService;
  usageClaims: UsageClaimsService;
  changeFeed: ChangeFeedService;
  invalidations: InvalidationService;
  stagedUploads: StagedUploadService;
  imports: ImportService;
  replacements: ReplacementService;
  /** For this request and the caller's store. */
  loaders: MediaLoaders & { readonly audit: AuditLoader; readonly usages: UsageLoader };
  mediaUrls: MediaUrls;
  presets: Presets;
}
