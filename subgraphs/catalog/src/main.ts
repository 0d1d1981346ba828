import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import { runProcess } from '@federated-media/subgraph-kit/process';
import { serveSubgraph } from '@federated-media/subgraph-kit/server';
import { readConfig } from './config.ts';
import { createMediaDirectory } from './media-directory.ts';
import { createCatalogSubgraph } from './subgraph.ts';

await runProcess('catalog', async ({ env, logger }) => {
  const { host, port, databaseUrl, cmsUrl, cmsTimeoutMs, maxBodyBytes, secrets } =
    await readConfig(env);
  const media = createMediaDirectory({
    cmsUrl,
    timeoutMs: cmsTimeoutMs,
    tokens: createTokenMinter({ secrets, issuer: 'catalog' }),
  });
  const subgraph = createCatalogSubgraph({ databaseUrl, media, logger });
  const server = await serveSubgraph(subgraph, {
    host,
    port,
    secrets,
    maxBodyBytes,
    logger,
  });
  return {
    url: server.url,
    async close() {
      await server.close();
      await media.close();
    },
  };
});
