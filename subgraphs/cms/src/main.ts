import { join } from 'node:path';
import { openPool } from '@federated-media/subgraph-kit/database';
import type { Module } from '@federated-media/subgraph-kit/module';
import { runProcess } from '@federated-media/subgraph-kit/process';
import { serveSubgraph } from '@federated-media/subgraph-kit/server';
import { readConfig } from './config.ts';
import { findFfmpeg } from './delivery/preview/ffmpeg.ts';
import { createRenderer } from './delivery/rendition/renderer.ts';
import { createSourceFetcher } from './intake/source/fetch-source.ts';
import { openDiskStorage } from './storage/disk-storage.ts';
import { createStaging } from './storage/staging.ts';
import { createCmsSubgraph } from './subgraph.ts';
import { createVerifier } from './intake/verification/verifier.ts';

/** The CMS, for a process that hosts several modules. */
export const module: Module = {
  name: 'cms',
  async start({ env, network, logger }) {
    const config = await readConfig(env);
    const ffmpeg = await findFfmpeg(env);
    if (!ffmpeg)
      logger.warn('ffmpeg not found; videos have no poster frames until it is installed');
    const { storageRoot, uploadMaxBytes, maxBodyBytes } = config;
    const subgraph = createCmsSubgraph({
      pool: openPool({ url: config.databaseUrl, name: 'cms', logger }),
      jobsPool: openPool({ url: config.databaseUrl, name: 'cms-jobs', logger, maxConnections: 4 }),
      storage: openDiskStorage({ root: join(storageRoot, 'objects') }),
      staging: createStaging({ dir: join(storageRoot, 'staging') }),
      verifier: createVerifier({ maxPixels: config.imageMaxPixels, logger }),
      renderer: createRenderer({ maxPixels: config.imageMaxPixels, ffmpeg, logger }),
      presets: config.imagePresets,
      maxAdHocRenditions: config.maxAdHocRenditions,
      urlSigningSecrets: config.urlSigningSecrets,
      publicUrl: (): string => config.publicMediaUrl ?? server.url,
      uploadMaxBytes,
      trashRetentionDays: config.trashRetentionDays,
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
