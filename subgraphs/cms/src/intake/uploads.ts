import type { PaceLimits } from '@federated-media/multipart/pace';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { UploadSlots } from '@federated-media/subgraph-kit/upload-slots';
import type { FastifyInstance } from 'fastify';
import type { Acceptance } from '../files/file-types/acceptance.ts';
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
import { createProcessingRepository } from './upload/staged/processing-repository.ts';
import { createStagedUploadRepository } from './upload/staged/repository.ts';
import { createStagedRoutes } from './upload/staged/routes.ts';
import { createStagedUploadService } from './upload/staged/service.ts';
import { createStagedUrlSigner } from './upload/staged/staged-url.ts';
import { createTusRoutes } from './upload/staged/tus/routes.ts';
import { TusStore } from './upload/staged/tus/tus-store.ts';
import { createUploadLocks } from './upload/staged/tus/upload-locks.ts';

interface Dependencies {
  /** Of a database that is reached directly. */
  jobsPool: Parameters<typeof createUploadLocks>[0]['pool'];
  pool: Parameters<typeof createUploadRepository>[0]['pool'];
  files: MediaFileRepository;
  storage: Storage;
  staging: Staging;
  verifier: Verifier;
  fetchSource: SourceFetcher;
  urlSigningSecrets: readonly string[];
  uploadUrl: () => string;
  uploadMaxBytes: number;
  uploadPace: PaceLimits;
  slots: UploadSlots;
  acceptance: Acceptance;
  storeQuotaBytes: number | null;
  importTimeoutMs: number;
  /** How long the completion of a staged upload may take before its file is PROCESSING. */
  completionPatienceMs?: number | undefined;
  logger: Logger;
}

/** Every way to upload. All of them use the same intake. */
export function createUploads(dependencies: Dependencies) {
  const { pool, files, staging, logger, uploadUrl } = dependencies;
  const { uploadMaxBytes: maxBytes, storeQuotaBytes: quotaBytes } = dependencies;
  const { uploadPace: pace } = dependencies;
  const uploads = createUploadRepository({ pool, quotaBytes });
  const replacements = createReplacementRepository({ pool, quotaBytes });
  const stagedUploads = createStagedUploadRepository({ pool, quotaBytes });
  const repository = createReservationRepository({ pool, quotaBytes });
  const reservations = createReservations({ ...dependencies, repository });
  const intake = createIntake({ ...dependencies, uploads, replacements });
  const shared = { reservations, staging, intake, maxBytes, logger };
  const find = files.findFiles;
  const { background, ...completions } = createCompletions({
    ...shared,
    storage: dependencies.storage,
    stagedUploads,
    uploads,
    processing: createProcessingRepository({ pool, quotaBytes }),
    find,
    patienceMs: dependencies.completionPatienceMs,
  });
  const signer = createStagedUrlSigner({ secrets: dependencies.urlSigningSecrets });

  const putRoutes = createStagedRoutes({
    signer,
    receive: createStagedReceiver({ ...dependencies, stagedUploads, pace }),
  });
  const locks = createUploadLocks({ pool: dependencies.jobsPool, logger });
  const store = new TusStore({ ...dependencies, stagedUploads });
  const tusRoutes = createTusRoutes({ store, locks, signer, maxBytes, pace, logger });

  return {
    reservations,
    stagedRepository: stagedUploads,
    backgroundCompletions: background,
    locks,
    routes(app: FastifyInstance) {
      putRoutes(app);
      tusRoutes(app);
    },
    uploads: createUploadService(shared),
    replacements: createReplacementService({ ...shared, find }),
    stagedUploads: createStagedUploadService({
      stagedUploads,
      completions,
      staging,
      signer,
      uploadUrl,
      maxBytes,
      acceptance: dependencies.acceptance,
    }),
    imports: createImportService({
      ...shared,
      fetchSource: dependencies.fetchSource,
      timeoutMs: dependencies.importTimeoutMs,
    }),
  };
}
