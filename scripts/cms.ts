import { parseArgs } from 'node:util';
import { runCommandLine, UsageError } from '@federated-media/stack/command-line';
import { withDevelopmentDatabase } from '@federated-media/stack/development-database';
import { dataDirOf } from '@federated-media/stack/project';
import { runProgram } from '@federated-media/stack/run-program';
import { mainOf } from '@federated-media/stack/subgraphs';

const usage = `pnpm cms verify [--checksums]                            compares rows with objects; exit code 1
                                                         when they disagree. --checksums reads every byte
pnpm cms sweep [--dry-run] [--grace-hours N]             removes unreferenced objects that are older
                                                         than N hours; default 24
pnpm cms purge-trash [--dry-run] [--older-than-days N]   purges files that were trashed longer ago;
                                                         default TRASH_RETENTION_DAYS

The database is the embedded one, or that of CMS_DATABASE_URL; the files are under DATA_DIR, or in STORAGE_URL.
All commands may run while the CMS is running.`;

const MAX_NUMBER = 1_000_000;

const flag = { type: 'boolean' } as const;
const number = { type: 'string' } as const;
const commands = new Map([
  ['verify', { checksums: flag }],
  ['sweep', { 'dry-run': flag, 'grace-hours': number }],
  ['purge-trash', { 'dry-run': flag, 'older-than-days': number }],
]);

await runCommandLine(usage, async ([verb = '', ...args]) => {
  const options = commands.get(verb);
  if (!options)
    throw new UsageError(
      `Missing or unknown command. Commands: ${[...commands.keys()].join(', ')}.`,
    );
  const { values } = parseArgs({ args, options });
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' && !isAge(value)) {
      throw new UsageError(`--${name} must be a whole number between 0 and ${MAX_NUMBER}.`);
    }
  }

  const { env } = process;
  const dataDir = dataDirOf(env);
  process.exitCode = await withDevelopmentDatabase('cms', { env, dataDir }, (url) =>
    runProgram(mainOf('cms', 'maintenance'), {
      args: [verb, ...args],
      env: { ...env, DATA_DIR: dataDir, CMS_DATABASE_URL: url },
    }),
  );
  return '';
});

function isAge(text: string): boolean {
  return /^\d{1,7}$/.test(text) && Number(text) <= MAX_NUMBER;
}
