import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openPool } from '@federated-media/subgraph-kit/database';
import { runChore } from '@federated-media/subgraph-kit/process';
import { readConfig } from './config.ts';
import { openDiskStorage } from './storage/disk-storage.ts';
import { createMaintenance } from './maintenance-commands.ts';

/** Runs `verify`, `sweep` or `purge-trash` once, with or without a running CMS. */
await runChore('cms', async ({ env, logger }) => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      checksums: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      'grace-hours': { type: 'string', default: '24' },
      'older-than-days': { type: 'string' },
    },
  });
  const config = await readConfig(env);
  const pool = openPool({ url: config.databaseUrl, name: 'cms-maintenance', logger });
  const maintenance = createMaintenance({
    pool,
    storage: openDiskStorage({ root: join(config.storageRoot, 'objects') }),
    print: (line) => void process.stdout.write(`${line}\n`),
    logger,
  });
  try {
    const isFaultless = await maintenance.run(positionals[0], {
      checksums: values.checksums,
      dryRun: values['dry-run'],
      graceHours: Number(values['grace-hours']),
      olderThanDays: Number(values['older-than-days'] ?? config.trashRetentionDays),
      isAgeGiven: values['older-than-days'] !== undefined,
    });
    return isFaultless ? 0 : 1;
  } finally {
    await pool.end();
  }
});
