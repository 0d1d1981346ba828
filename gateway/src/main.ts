import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import type { Module } from '@federated-media/subgraph-kit/module';
import { runProcess } from '@federated-media/subgraph-kit/process';
import { UPLOAD_IDLE_MS } from '@federated-media/subgraph-kit/upload-defaults';
import { createClientIdentity } from './client-identity.ts';
import { checkConfig, readConfig } from './config.ts';
import { FEED_ISSUER, ISSUER } from './issuers.ts';
import { serveGateway } from './server.ts';
import { readSupergraph, watchSupergraph } from './supergraph-file.ts';
import { createSupergraph } from './supergraph.ts';
import { readOperations, warmUp } from './warm-up.ts';

/** The gateway, for a process that hosts several modules. */
export const module: Module = {
  name: 'gateway',
  checkSettings: checkConfig,
  async start({ env, network, logger }) {
    const config = await readConfig(env);
    const { clientKeys } = config;
    if (clientKeys.kind === 'development') logger.info(describe(clientKeys));

    const operations = await readOperations(config.warmUpOperations, logger);
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
      },
      prepare: (graph) => warmUp(graph, { operations, logger }),
      logger,
    });
    const served = await serveGateway({
      ...config,
      supergraph,
      identity: createClientIdentity({ ...config, keys: clientKeys, logger }),
      uploadIdleMs: UPLOAD_IDLE_MS,
      logger,
    });
    const watch = watchSupergraph({
      path: config.supergraphPath,
      serve: (sdl) => supergraph.replace(sdl),
      logger,
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
