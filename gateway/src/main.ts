import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import type { Module } from '@federated-media/subgraph-kit/module';
import { runProcess } from '@federated-media/subgraph-kit/process';
import { SettingsError } from '@federated-media/subgraph-kit/settings';
import { UPLOAD_IDLE_MS } from '@federated-media/subgraph-kit/upload-defaults';
import { createClientIdentity } from './client-identity.ts';
import { checkConfig, readConfig, readRateLimits, workerCount } from './config.ts';
import { FEED_ISSUER, ISSUER } from './issuers.ts';
import { createRateLimitAnswers } from './limits/rate-limit.ts';
import { serveGateway } from './server.ts';
import { readSupergraph, watchSupergraph } from './supergraph-file.ts';
import { createSupergraph } from './supergraph.ts';
import { readOperations, warmUp } from './warm-up.ts';

const SHARED_PROCESS =
  'GATEWAY_WORKERS: must be 1 when the gateway shares its process with other modules. Set PROCESSES=many';

/** The gateway, for a process that hosts several modules. */
export const module: Module = {
  name: 'gateway',
  checkSettings: checkConfig,
  workers: {
    count: workerCount,
    answerer: (env) => createRateLimitAnswers(readRateLimits(env)),
  },
  async start({ env, network, logger, workers }) {
    const config = await readConfig(env);
    if (config.workerCount > 1 && !workers) throw new SettingsError([SHARED_PROCESS]);
    const { clientKeys } = config;
    const isQuiet = workers && !workers.isFirst;
    const eventLogger = isQuiet ? logger.child({}, { level: 'silent' }) : logger;
    if (clientKeys.kind === 'development') eventLogger.info(describe(clientKeys));

    const operations = await readOperations(config.warmUpOperations, eventLogger);
    const supergraph = createSupergraph({
      sdl: await readSupergraph(config.supergraphPath),
      subgraphUrls: config.subgraphUrls,
      minter: createTokenMinter({ secrets: config.internalSecrets, issuer: ISSUER }),
      uploadIdleMs: UPLOAD_IDLE_MS,
      connectionLimits: config.connectionLimits,
      network,
      entityCache: {
        maxBytes: config.entityCacheBytes,
        minter: createTokenMinter({ secrets: config.internalSecrets, issuer: FEED_ISSUER }),
        workers,
      },
      prepare: (graph) => warmUp(graph, { operations, logger: eventLogger }),
      logger,
      eventLogger,
    });
    const served = await serveGateway({
      ...config,
      supergraph,
      identity: createClientIdentity({ ...config, keys: clientKeys, logger }),
      uploadIdleMs: UPLOAD_IDLE_MS,
      logger,
      eventLogger,
      workers,
    });
    const watch = watchSupergraph({
      path: config.supergraphPath,
      serve: (sdl) => supergraph.replace(sdl),
      logger: eventLogger,
    });
    return {
      ...served,
      async close(graceMs) {
        await watch.stop();
        await served.close(graceMs);
      },
    };
  },
};

if (import.meta.main) await runProcess(module);

function describe({ anonymous }: { anonymous: boolean }): string {
  return anonymous
    ? 'development mode: requests from this machine need no token and act as store "demo" with every scope'
    : 'development mode outside the loopback interface: requests need a token from `pnpm dev:token`';
}
