import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { MediaFileRepository } from '../media-file/repository.ts';
import type { SourceFetcher } from '../source/fetch-source.ts';
import type { Staging } from '../storage/staging.ts';
import type { Storage } from '../storage/storage.ts';
import type { StoreRepository } from '../store/repository.ts';
import type { Verifier } from '../verification/verifier.ts';
import { createCompletions } from './completion.ts';
import { createImportService } from './import-service.ts';
import { createIntake } from './intake.ts';
import { createReplacementRepository } from './replacement-repository.ts';
import { createReplacementService } from './replacement-service.ts';
import { createUploadRepository } from './repository.ts';
import { createReservationRepository } from './reservation-repository.ts';
import { createReservations } from './reservations.ts';
import { createUploadService } from './service.ts';
import { createStagedReception } from './staged-reception.ts';
import { createStagedUploadRepository } from './staged-repository.ts';
import { createStagedRoutes } from './staged-routes.ts';
import { createStagedUploadService } from './staged-service.ts';
import { createStagedUrlSigner } from './staged-url.ts';

interface Dependencies {
  pool: Parameters<typeof createUploadRepository>[0]['pool'];
  files: MediaFileRepository;
  stores: StoreRepository;
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

/** Every road by which bytes come in, all of them leading to one intake. */
export function createUploads(dependencies: Dependencies) {
  const { pool, files, stores, staging, logger, publicUrl } = dependencies;
  const { uploadMaxBytes: maxBytes, storeQuotaBytes: quotaBytes } = dependencies;
  const uploads = createUploadRepository({ pool, quotaBytes });
  const replacements = createReplacementRepository({ pool, quotaBytes });
  const stagedUploads = createStagedUploadRepository({ pool });
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
      receive: createStagedReception({ stagedUploads, staging }),
    }),
    uploads: createUploadService(shared),
    replacements: createReplacementService({ ...shared, find }),
    stagedUploads: createStagedUploadService({
      stagedUploads,
      completions: createCompletions({ ...shared, stagedUploads, uploads, find }),
      signer,
      publicUrl,
      maxBytes,
      async roomOf({ storeId }) {
        const { limitBytes, usedBytes } = await stores.quota(storeId);
        return limitBytes === null ? null : limitBytes - usedBytes;
      },
    }),
    imports: createImportService({
      ...shared,
      uploads,
      fetchSource: dependencies.fetchSource,
      timeoutMs: dependencies.importTimeoutMs,
    }),
  };
}
