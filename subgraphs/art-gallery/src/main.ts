import { createCmsClient } from '@federated-media/media-consumer/cms-client';
import { runProcess } from '@federated-media/subgraph-kit/process';
import { serveSubgraph } from '@federated-media/subgraph-kit/server';
import { readConfig } from './config.ts';
import { createArtGallerySubgraph } from './subgraph.ts';

await runProcess('art-gallery', async ({ env, logger }) => {
  const { databaseUrl, cms, hosting } = await readConfig(env);
  const subgraph = createArtGallerySubgraph({ databaseUrl, cms: createCmsClient(cms), logger });
  return serveSubgraph(subgraph, { ...hosting, logger });
});
