import { openPool } from '@federated-media/subgraph-kit/database';
import type { Module } from '@federated-media/subgraph-kit/module';
import { runProcess } from '@federated-media/subgraph-kit/process';
import { serveSubgraph } from '@federated-media/subgraph-kit/server';
import { checkConfig, readConfig } from './config.ts';
import { findFfmpeg } from './delivery/preview/ffmpeg.ts';
import { createRenderer } from './delivery/rendition/renderer.ts';
import { createSourceFetcher } from './intake/source/fetch-source.ts';
import { createActiveStores } from './platform/workers/active-stores.ts';
import { type PoolOptions, createWorkerPool } from './platform/workers/worker-pool.ts';
import { openHandover } from './storage/open-handover.ts';
import { openStorage } from './storage/open-storage.ts';
import { createCmsSubgraph } from './subgraph.ts';
import { createVerifier } from './intake/verification/verifier.ts';

/** The CMS, for a process that hosts several modules. */
export const module: Module = {
  name: 'cms',
  checkSettings: checkConfig,
  async start({ env, network, logger }) {
    const config = await readConfig(env);
    const ffmpeg = await findFfmpeg(env);
    if (!ffmpeg)
      logger.info('ffmpeg not found; videos have no poster frames until it is installed');
    const { database, uploadMaxBytes, uploadPace, uploadSlots, maxBodyBytes, acceptance } = config;
    const { url, isPooled, directUrl } = database;
    const { storage, staging } = await openStorage(config.storage, logger);
    const activeStores = createActiveStores();
    const openWorkers = (options: PoolOptions) => createWorkerPool({ ...options, activeStores });
    const work = { maxPixels: config.imageMaxPixels, openPool: openWorkers, logger };
    const subgraph = createCmsSubgraph({
      pool: openPool({ url, isPooled, name: 'cms', logger }),
      jobsPool: openPool({ url: directUrl, name: 'cms-jobs', logger, maxConnections: 4 }),
      storage,
      handover: await openHandover(config.storage),
      staging,
      verifier: createVerifier({ ...work, acceptance }),
      renderer: createRenderer({ ...work, ffmpeg }),
      presets: config.imagePresets,
      maxAdHocRenditions: config.maxAdHocRenditions,
      mediaMaxAgeSeconds: config.mediaMaxAgeSeconds,
      cdn: config.cdn,
      checksSecrets: config.isProduction,
      urlSigningSecrets: config.urlSigningSecrets,
      publicUrl: (): string => config.publicMediaUrl ?? server.url,
      uploadUrl: (): string => config.uploadUrl ?? server.url,
      uploadMaxBytes,
      uploadPace,
      uploadSlots,
      acceptance,
      trashRetentionDays: config.trashRetentionDays,
      auditRetentionDays: config.auditRetentionDays,
      storeQuotaBytes: config.storeQuotaBytes,
      fetchSource: createSourceFetcher({ allowedHosts: config.importAllowedHosts }),
      importTimeoutMs: config.importTimeoutMs,
      maxBodyBytes,
      logger,
    });
    const server = await serveSubgraph(subgraph, {
      host: config.host,
      port: config.port,
      secrets: config.internalSecrets,
      maxBodyBytes,
      telemetry: config.telemetry,
      network,
      logger,
    });
    return server;
  },
};

if (import.meta.main) await runProcess(module);
