import { parseArgs } from 'node:util';
import { openPool } from '@federated-media/subgraph-kit/database';
import { ArgumentError, runChore } from '@federated-media/subgraph-kit/process';
import { readConfig } from './config.ts';
import { copyStorage } from './copy-storage.ts';
import { openStorage } from './storage/open-storage.ts';
import { createMaintenance } from './maintenance-commands.ts';

/** Runs one command of `pnpm cms` once, with or without a running CMS. */
await runChore('cms', async ({ env, logger }) => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'at-once': { type: 'string', default: '8' },
      checksums: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      'grace-hours': { type: 'string', default: '24' },
      'older-than-days': { type: 'string' },
    },
  });
  const config = await readConfig(env);
  const pool = openPool({ url: config.database.directUrl, name: 'cms-maintenance', logger });
  const [task, from, to] = positionals;
  const { checksums } = values;
  try {
    if (task === 'copy-storage') {
      const dependencies = { pool, settings: config.storage, output: process.stdout, logger };
      const atOnce = numberOf('at-once', values['at-once']);
      return (await copyStorage(dependencies, { from, to, checksums, atOnce })) ? 0 : 1;
    }
    const age = values['older-than-days'];
    const { storage } = await openStorage(config.storage, logger);
    const maintenance = createMaintenance({
      pool,
      storage,
      storeQuotaBytes: config.storeQuotaBytes,
      print: (line) => void process.stdout.write(`${line}\n`),
      logger,
    });
    const isFaultless = await maintenance.run(task, {
      checksums,
      dryRun: values['dry-run'],
      graceHours: numberOf('grace-hours', values['grace-hours']),
      olderThanDays:
        age === undefined ? config.trashRetentionDays : numberOf('older-than-days', age),
      args: positionals.slice(1),
      isAgeGiven: age !== undefined,
    });
    return isFaultless ? 0 : 1;
  } finally {
    await pool.end();
  }
});

function numberOf(option: string, text = ''): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new ArgumentError(`--${option} must be a whole number.`);
}
