import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import type { RunningModule, Surroundings } from '@federated-media/subgraph-kit/module';
import { SettingsError } from '@federated-media/subgraph-kit/settings';
import { UPLOAD_IDLE_MS } from '@federated-media/subgraph-kit/upload-defaults';
import { createClientIdentity } from './client-identity.ts';
import { readConfig } from './config.ts';
import { FEED_ISSUER, ISSUER } from './issuers.ts';
import { serveGateway } from './server.ts';
import { readSupergraph, watchSupergraph } from './supergraph-file.ts';
import { createSupergraph } from './supergraph.ts';
import { readOperations, warmUp } from './warm-up.ts';

const SHARED_PROCESS =
  'GATEWAY_WORKERS: must be 1 when the gateway shares its process with other modules';

/** @throws SettingsError with all invalid settings */
export async function startGateway({
  env,
  network,
  logger,
  workers,
}: Surroundings): Promise<RunningModule> {
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
}

function describe({ anonymous }: { anonymous: boolean }): string {
  return anonymous
    ? 'development mode: requests from this machine need no token and act as store "demo" with every scope'
    : 'development mode outside the loopback interface: requests need a token from `pnpm dev:token`';
}
