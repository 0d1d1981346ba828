import { createCmsClient } from '@federated-media/media-consumer/cms-client';
import { runProcess } from '@federated-media/subgraph-kit/process';
import { serveSubgraph } from '@federated-media/subgraph-kit/server';
import { readConfig } from './config.ts';
import { createCatalogSubgraph } from './subgraph.ts';

await runProcess('catalog', async ({ env, logger }) => {
  const { host, port, databaseUrl, cmsUrl, cmsTimeoutMs, maxBodyBytes, telemetry, secrets } =
    await readConfig(env);
  const cms = createCmsClient({
    consumer: 'catalog',
    url: cmsUrl,
    timeoutMs: cmsTimeoutMs,
    secrets,
  });
  const subgraph = createCatalogSubgraph({ databaseUrl, cms, logger });
  return serveSubgraph(subgraph, { host, port, secrets, maxBodyBytes, telemetry, logger });
});
