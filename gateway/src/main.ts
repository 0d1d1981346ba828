import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import { runProcess } from '@federated-media/subgraph-kit/process';
import { createClientIdentity } from './client-identity.ts';
import { readConfig } from './config.ts';
import { serveGateway } from './server.ts';
import { createSupergraph, readSupergraph } from './supergraph.ts';

const UPLOAD_IDLE_MS = 30_000;

await runProcess('gateway', async ({ env, logger }) => {
  const config = await readConfig(env);
  const { clientKeys, issuer, audience } = config;
  if (clientKeys.kind === 'development') logger.warn(describe(clientKeys));

  const supergraph = createSupergraph({
    sdl: await readSupergraph(config.supergraphPath),
    subgraphUrls: config.subgraphUrls,
    minter: createTokenMinter({ secrets: config.internalSecrets, issuer: 'gateway' }),
    uploadIdleMs: UPLOAD_IDLE_MS,
    connectionLimits: config.connectionLimits,
    logger,
  });
  return serveGateway({
    ...config,
    supergraph,
    identity: createClientIdentity({ keys: clientKeys, issuer, audience }),
    uploadIdleMs: UPLOAD_IDLE_MS,
    logger,
  });
});

function describe({ anonymous }: { anonymous: boolean }): string {
  return anonymous
    ? 'development mode: whoever asks on this machine is store "demo" with every scope, no token needed'
    : 'development mode, not on the loopback interface: tokens of `pnpm dev:token` are needed';
}
