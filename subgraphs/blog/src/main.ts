import { createCmsClient } from '@federated-media/media-consumer/cms-client';
import { runProcess } from '@federated-media/subgraph-kit/process';
import { serveSubgraph } from '@federated-media/subgraph-kit/server';
import { readConfig } from './config.ts';
import { createBlogSubgraph } from './subgraph.ts';

await runProcess('blog', async ({ env, logger }) => {
  const { databaseUrl, cms, hosting } = await readConfig(env);
  const subgraph = createBlogSubgraph({ databaseUrl, cms: createCmsClient(cms), logger });
  return serveSubgraph(subgraph, { ...hosting, logger });
});
