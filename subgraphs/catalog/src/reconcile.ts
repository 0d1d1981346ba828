import { createCmsClient } from '@federated-media/media-consumer/cms-client';
import { reconcile } from '@federated-media/media-consumer/reconcile/reconcile';
import { runChore } from '@federated-media/subgraph-kit/process';
import { readConfig } from './config.ts';
import { purgeUses } from './product-media/purge-repository.ts';
import { ENTITY_TYPE } from './subgraph.ts';

/** `--dry-run`: says what is wrong with claims and mends nothing. */
await runChore('catalog', async ({ env, logger }) => {
  const { databaseUrl, cmsUrl, cmsTimeoutMs, secrets } = await readConfig(env);
  await reconcile({
    cms: createCmsClient({ consumer: 'catalog', url: cmsUrl, timeoutMs: cmsTimeoutMs, secrets }),
    databaseUrl,
    entityType: ENTITY_TYPE,
    associations: { table: 'product_media', entityId: 'product_id', role: 'usage_type' },
    purge: purgeUses,
    dryRun: process.argv.includes('--dry-run'),
    report: (line) => void process.stdout.write(`${line}\n`),
    logger,
  });
  return 0;
});
