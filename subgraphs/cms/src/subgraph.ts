import { unavailableDatabase } from '@federated-media/subgraph-kit/database-error';
import type { PaceLimits } from '@federated-media/multipart/pace';
import { GraphQLUpload } from '@federated-media/multipart/upload';
import { createWriteCheck } from '@federated-media/subgraph-kit/database';
import { commonScalars } from '@federated-media/subgraph-kit/scalars';
import {
  type Answered,
  createSubgraphSchema,
  readTypeDefs,
} from '@federated-media/subgraph-kit/schema';
import type { Subgraph } from '@federated-media/subgraph-kit/server';
import type { Acceptance } from './files/file-types/acceptance.ts';
import { createAuditLoader } from './files/audit/loader.ts';
import { createAuditRepository } from './files/audit/repository.ts';
import { auditResolvers } from './files/audit/resolvers.ts';
import { createChangeSignal } from './usage/change-feed/change-signal.ts';
import { createChangeListener } from './usage/change-feed/change-listener.ts';
import { createChangeFeedRepository } from './usage/change-feed/repository.ts';
import { changeFeedResolvers } from './usage/change-feed/resolvers.ts';
import { createChangeFeedService } from './usage/change-feed/service.ts';
import { createInvalidationRepository } from './usage/invalidations/repository.ts';
import { invalidationResolvers } from './usage/invalidations/resolvers.ts';
import { createInvalidationService } from './usage/invalidations/service.ts';
import type { Context } from './context.ts';
import { type DeliveryDependencies, createDelivery } from './delivery/delivery.ts';
import type { Resolvers, ResolversParentTypes } from './generated/graphql.ts';
import { createJobRunner } from './platform/jobs/runner.ts';
import { CRONTAB, createTasks } from './background-tasks.ts';
import { checkSecrets } from './delivery/urls/check-secrets.ts';
import { createSecretRepository } from './delivery/urls/secret-repository.ts';
import { createPurger } from './delivery/purge/purger.ts';
import type { PurgeTarget } from './delivery/purge/purge-request.ts';
import { createEndedMediaRepository } from './delivery/purge/repository.ts';
import { createLibraryRepository } from './files/library/repository.ts';
import { folderResolvers } from './files/folder/resolvers.ts';
import { createCountRepository } from './files/counts/repository.ts';
import { createFolderRepository } from './files/folder/repository.ts';
import { createFolderService } from './files/folder/service.ts';
import { libraryResolvers } from './files/library/resolvers.ts';
import { createLibraryService } from './files/library/service.ts';
import { createChangeRepository } from './files/media-file/change-repository.ts';
import { createMediaLoaders } from './files/media-file/loader.ts';
import { createPurgeRepository } from './files/trash/purge-repository.ts';
import { createMediaFileRepository } from './files/media-file/repository.ts';
import { mediaFileResolvers } from './files/media-file/resolvers.ts';
import { createMediaFileService } from './files/media-file/service.ts';
import { createTrashService } from './files/trash/service.ts';
import type { SourceFetcher } from './intake/source/fetch-source.ts';
import { createStoreRepository } from './files/store/repository.ts';
import { presetResolvers } from './delivery/rendition/resolvers.ts';
import { storeResolvers } from './files/store/resolvers.ts';
import { createStoreService } from './files/store/service.ts';
import { createRecovery } from './intake/recovery.ts';
import { uploadResolvers } from './intake/upload/resolvers.ts';
import { createUploads } from './intake/uploads.ts';
import { UPLOAD_IDLE_MS } from '@federated-media/subgraph-kit/upload-defaults';
import { createUploadSlots } from '@federated-media/subgraph-kit/upload-slots';
import { MAX_FILES } from './intake/upload/limits.ts';
import { createUpkeepRepository } from './storage/upkeep/repository.ts';
import { createSweeper } from './storage/upkeep/sweeper.ts';
import { createTrashEmptier } from './files/trash/trash-emptier.ts';
import { createClaimsRepository } from './usage/ledger/claims-repository.ts';
import { createUsageClaimsService } from './usage/ledger/claims-service.ts';
import { createUsageListRepository } from './usage/ledger/list-repository.ts';
import { createUsageLoader } from './usage/ledger/loader.ts';
import { createUsageRepository } from './usage/ledger/repository.ts';
import { usageResolvers } from './usage/ledger/resolvers.ts';
import { createUsageService } from './usage/ledger/service.ts';
import type { Verifier } from './intake/verification/verifier.ts';

const UNREAD_MS = 10_000;

export interface CmsDependencies extends Omit<DeliveryDependencies, 'files'> {
  verifier: Verifier;
  /** The base of the URLs for staged uploads that pass through this server. */
  uploadUrl: () => string;
  uploadMaxBytes: number;
  uploadPace: PaceLimits;
  /** How many uploads may run at a time, by multipart request or PUT; one store has at most half of them. */
  uploadSlots: number;
  acceptance: Acceptance;
  /** 0: files stay in the trash. */
  trashRetentionDays: number;
  /** 0: entries of the audit log are kept. */
  auditRetentionDays: number;
  /** The limit of stores without a separate one; null: no limit. */
  storeQuotaBytes: number | null;
  /** Whether `urlSigningSecrets` must agree with those of the other processes on this database. */
  checksSecrets: boolean;
  /** Notified of ended URLs; null: none. */
  cdn: PurgeTarget | null;
  fetchSource: SourceFetcher;
  importTimeoutMs: number;
  /** Default: 3 seconds. */
  completionPatienceMs?: number | undefined;
  maxBodyBytes: number;
}

const resolvers = {
  ...commonScalars,
  Upload: GraphQLUpload,
  ...mediaFileResolvers,
  ...libraryResolvers,
  ...folderResolvers,
  ...presetResolvers,
  ...uploadResolvers,
  ...storeResolvers,
  ...auditResolvers,
  ...usageResolvers,
  ...changeFeedResolvers,
  ...invalidationResolvers,
  MediaFile: {
    ...mediaFileResolvers.MediaFile,
    ...auditResolvers.MediaFile,
    ...usageResolvers.MediaFile,
  },
  Query: {
    ...mediaFileResolvers.Query,
    ...libraryResolvers.Query,
    ...folderResolvers.Query,
    ...presetResolvers.Query,
    ...storeResolvers.Query,
    ...usageResolvers.Query,
    ...changeFeedResolvers.Query,
    ...invalidationResolvers.Query,
  },
  Mutation: {
    ...mediaFileResolvers.Mutation,
    ...folderResolvers.Mutation,
    ...uploadResolvers.Mutation,
    ...usageResolvers.Mutation,
  },
} satisfies Answered<Resolvers, ResolversParentTypes>;

/** The CMS without the HTTP server. When it stops, it also stops its dependencies. */
export function createCmsSubgraph(dependencies: CmsDependencies): Subgraph<Context> {
  const { pool, jobsPool, staging, verifier, logger } = dependencies;
  const files = createMediaFileRepository({ pool });
  const delivery = createDelivery({ ...dependencies, files });
  const changes = createChangeRepository({ pool });
  const purges = createPurgeRepository({ pool });
  const audit = createAuditRepository({ pool });
  const stores = createStoreRepository({ pool, quotaBytes: dependencies.storeQuotaBytes });
  const slots = createUploadSlots({
    slots: dependencies.uploadSlots,
    name: 'cms',
    onFull: () => logger.warn('no upload slot is free; rejecting uploads'),
  });
  const {
    routes: uploadRoutes,
    locks,
    reservations,
    stagedRepository,
    backgroundCompletions,
    ...uploadServices
  } = createUploads({ ...dependencies, files, slots });
  const recovery = createRecovery({
    reservations,
    stagedUploads: stagedRepository,
    staging,
    logger,
  });
  const usages = createUsageRepository({ pool });
  const usageLists = createUsageListRepository({ pool });
  const feed = createChangeFeedRepository({ pool });
  const canWrite = createWriteCheck(pool);
  const changeSignal = createChangeSignal();
  const invalidationSignal = createChangeSignal();
  const listener = createChangeListener({
    pool: jobsPool,
    onConnected: () => feed.renewEpochIfMoved(),
    onChange: () => changeSignal.notify(),
    onAccessChange: delivery.forget,
    onInvalidation: () => invalidationSignal.notify(),
    logger,
  });
  const jobs = createJobRunner({
    pool: jobsPool,
    tasks: createBackgroundTasks(dependencies),
    crontab: CRONTAB,
    logger,
  });

  const { cdn: target, publicUrl } = dependencies;
  const ended = createEndedMediaRepository({ pool: jobsPool });
  const purgers = target ? [createPurger({ ended, target, publicUrl, logger })] : [];

  const services = {
    mediaFiles: createMediaFileService({ changes }),
    trash: createTrashService({ files, changes, purges, usages: usageLists }),
    library: createLibraryService({ library: createLibraryRepository({ pool }) }),
    folders: createFolderService({ folders: createFolderRepository({ pool }) }),
    stores: createStoreService({ stores }),
    ...uploadServices,
    usages: createUsageService({ usages }),
    usageClaims: createUsageClaimsService({ claims: createClaimsRepository({ pool }) }),
    changeFeed: createChangeFeedService({ changes: feed, changeSignal }),
    invalidations: createInvalidationService({
      invalidations: createInvalidationRepository({ pool }),
      signal: invalidationSignal,
    }),
    mediaUrls: delivery.mediaUrls,
    presets: dependencies.presets,
  };

  /** A process that starts without its database is not compared: see `checkAccess` of the kit. */
  async function compareSecrets() {
    try {
      await checkSecrets(dependencies.urlSigningSecrets, createSecretRepository({ pool }));
    } catch (error) {
      if (!unavailableDatabase(error)) throw error;
      logger.error({ err: error }, 'URL_SIGNING_SECRET was not compared with other processes');
    }
  }

  return {
    name: 'cms',
    schema: createSubgraphSchema<Context>({
      typeDefs: readTypeDefs(new URL('.', import.meta.url)),
      resolvers,
    }),
    context: (scope) => ({
      ...scope,
      ...services,
      loaders: {
        ...createMediaLoaders(files, scope.caller.storeId),
        audit: createAuditLoader(audit, scope.caller.storeId),
        usages: createUsageLoader(usageLists, scope.caller.storeId),
      },
    }),
    isReady: async () => {
      await canWrite();
      await staging.checkWritable();
      const canShowVideos = dependencies.renderer.canShow('video/mp4');
      return { posterFrames: canShowVideos ? 'available' : 'unavailable: no ffmpeg' };
    },
    async start() {
      if (dependencies.checksSecrets) await compareSecrets();
      await jobs.start();
      for (const background of [recovery, listener, backgroundCompletions, ...purgers]) {
        background.start();
      }
    },
    drain() {
      services.changeFeed.stopWaiting();
      services.invalidations.stopWaiting();
    },
    async stop() {
      const stopping = [jobs, recovery, listener, backgroundCompletions, locks, ...purgers];
      await Promise.all(stopping.map((background) => background.stop()));
      await Promise.all([verifier.stop(), delivery.stop()]);
      await Promise.all([pool.end(), jobsPool.end()]);
    },
    routes(app) {
      delivery.routes(app);
      uploadRoutes(app);
    },
    uploads: {
      maxFieldBytes: dependencies.maxBodyBytes,
      maxFileBytes: dependencies.uploadMaxBytes,
      maxFiles: MAX_FILES,
      idleMs: UPLOAD_IDLE_MS,
      unreadMs: UNREAD_MS,
      pace: dependencies.uploadPace,
      slots,
    },
  };
}

/** All statements of background tasks use the connections for jobs. */
function createBackgroundTasks({
  jobsPool: pool,
  storage,
  trashRetentionDays,
  auditRetentionDays,
  cdn,
  logger,
}: CmsDependencies) {
  const purges = createPurgeRepository({ pool });
  return createTasks({
    purges,
    emptier: createTrashEmptier({ purges }),
    sweeper: createSweeper({ objects: createUpkeepRepository({ pool }), storage }),
    changes: createChangeFeedRepository({ pool }),
    invalidations: createInvalidationRepository({ pool }),
    ended: createEndedMediaRepository({ pool }),
    hasCdn: cdn !== null,
    usages: createUsageRepository({ pool }),
    audit: createAuditRepository({ pool }),
    counts: createCountRepository({ pool }),
    storage,
    trashRetentionDays,
    auditRetentionDays,
    logger,
  });
}
