/**
 * The gateway with the data source of Apollo. Runs as a separate process. Its argument selects the executor of plans:
 * `apollo` or `own`.
 */
import { RemoteGraphQLDataSource } from '@apollo/gateway';
import { createClientIdentity } from '@federated-media/gateway/src/client-identity.ts';
import { readConfig } from '@federated-media/gateway/src/config.ts';
import type { GatewayContext } from '@federated-media/gateway/src/context.ts';
import type { SubgraphConnection } from '@federated-media/gateway/src/graph.ts';
import { serveGateway } from '@federated-media/gateway/src/server.ts';
import { readSupergraph } from '@federated-media/gateway/src/supergraph-file.ts';
import { createSupergraph } from '@federated-media/gateway/src/supergraph.ts';
import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import { runProcess } from '@federated-media/subgraph-kit/process';
import { UPLOAD_IDLE_MS } from '@federated-media/subgraph-kit/upload-defaults';

await runProcess({
  checkSettings() {},
  name: 'gateway',
  async start({ env, logger }) {
    const config = await readConfig(env);
    const minter = createTokenMinter({ secrets: config.internalSecrets, issuer: 'gateway' });
    const sourceOf = ({ name, url }: SubgraphConnection) =>
      new RemoteGraphQLDataSource<GatewayContext>({
        url,
        async willSendRequest(options) {
          if (!('incomingRequestContext' in options)) return;
          const { request, context } = options;
          const { subject, storeId, scopes } = context.caller;
          const scope = [...scopes].join(' ');
          const token = await minter.mint({ audience: name, subject, storeId, scope });
          request.http?.headers.set('authorization', `Bearer ${token}`);
          request.http?.headers.set('x-request-id', context.requestId);
        },
      });
    const supergraph = createSupergraph({
      ...config,
      sdl: await readSupergraph(config.supergraphPath),
      minter,
      uploadIdleMs: UPLOAD_IDLE_MS,
      sourceOf,
      executor: process.argv[2] === 'own' ? 'own' : 'apollo',
      logger,
    });
    return serveGateway({
      ...config,
      supergraph,
      identity: createClientIdentity({ ...config, keys: config.clientKeys, logger }),
      uploadIdleMs: UPLOAD_IDLE_MS,
      logger,
    });
  },
});
