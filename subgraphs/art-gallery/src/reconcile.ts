import { createCmsClient } from '@federated-media/media-consumer/cms-client';
import { reconcile } from '@federated-media/media-consumer/reconcile/reconcile';
import { runChore } from '@federated-media/subgraph-kit/process';
import { ENTITY_TYPE } from './artwork/artwork.ts';
import { purgeUses } from './artwork/repository.ts';
import { readConfig } from './config.ts';

/** `--dry-run`: says what is wrong with claims and mends nothing. */
await runChore('art-gallery', async ({ env, logger }) => {
  const { databaseUrl, cms } = await readConfig(env);
  await reconcile({
    cms: createCmsClient(cms),
    databaseUrl,
    entityType: ENTITY_TYPE,
    associations: { table: 'gallery_media', entityId: 'artwork_id', role: 'NULL' },
    purge: purgeUses,
    dryRun: process.argv.includes('--dry-run'),
    report: (line) => void process.stdout.write(`${line}\n`),
    logger,
  });
  return 0;
});
