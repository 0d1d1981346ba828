import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { MediaFileRepository } from '../files/media-file/repository.ts';
import type { SourceFetcher } from './source/fetch-source.ts';
import type { Staging } from '../storage/staging.ts';
import type { Storage } from '../storage/storage.ts';
import type { Verifier } from './verification/verifier.ts';
import { createCompletions } from './upload/staged/completion.ts';
import { createImportService } from './upload/import/service.ts';
import { createIntake } from './commit/intake.ts';
import { createReplacementRepository } from './commit/replacement-repository.ts';
import { createReplacementService } from './upload/replacement/service.ts';
import { createUploadRepository } from './commit/repository.ts';
import { createReservationRepository } from './reservations/repository.ts';
import { createReservations } from './reservations/reservations.ts';
import { createUploadService } from './upload/multipart/service.ts';
import { createStagedReceiver } from './upload/staged/receive-file.ts';
import { createStagedUploadRepository } from './upload/staged/repository.ts';
import { createStagedRoutes } from './upload/staged/routes.ts';
import { createStagedUploadService } from './upload/staged/service.ts';
import { createStagedUrlSigner } from './upload/staged/staged-url.ts';

interface Dependencies {
  pool: Parameters<typeof createUploadRepository>[0]['pool'];
  files: MediaFileRepository;
  storage: Storage;
  staging: Staging;
  verifier: Verifier;
  fetchSource: SourceFetcher;
  urlSigningSecrets: readonly string[];
  publicUrl: () => string;
  uploadMaxBytes: number;
  storeQuotaBytes: number | null;
  importTimeoutMs: number;
  logger: Logger;
}

/** Every way to upload. All of them use the same intake. */
export function createUploads(dependencies: Dependencies) {
  const { pool, files, staging, logger, publicUrl } = dependencies;
  const { uploadMaxBytes: maxBytes, storeQuotaBytes: quotaBytes } = dependencies;
  const uploads = createUploadRepository({ pool, quotaBytes });
  const replacements = createReplacementRepository({ pool, quotaBytes });
  const stagedUploads = createStagedUploadRepository({ pool, quotaBytes });
  const repository = createReservationRepository({ pool, quotaBytes });
  const reservations = createReservations({ ...dependencies, repository });
  const intake = createIntake({ ...dependencies, uploads, replacements });
  const shared = { reservations, staging, intake, maxBytes, logger };
  const find = files.findFiles;
  const signer = createStagedUrlSigner({ secrets: dependencies.urlSigningSecrets });

  return {
    reservations,
    stagedRepository: stagedUploads,
    routes: createStagedRoutes({
      signer,
      receive: createStagedReceiver({ stagedUploads, staging }),
    }),
    uploads: createUploadService(shared),
    replacements: createReplacementService({ ...shared, find }),
    stagedUploads: createStagedUploadService({
      stagedUploads,
      completions: createCompletions({ ...shared, stagedUploads, uploads, find }),
      signer,
      publicUrl,
      maxBytes,
    }),
    imports: createImportService({
      ...shared,
      fetchSource: dependencies.fetchSource,
      timeoutMs: dependencies.importTimeoutMs,
    }),
  };
}
