import { parseArgs } from 'node:util';
import { runCommandLine, UsageError } from '@federated-media/stack/command-line';
import { withDevelopmentDatabase } from '@federated-media/stack/development-database';
import { dataDirOf } from '@federated-media/stack/project';
import { runProgram } from '@federated-media/stack/run-program';
import { mainOf } from '@federated-media/stack/subgraphs';

const usage = `pnpm cms verify [--checksums]                            compares rows and objects, both ways; exit code 1
                                                         when they disagree. --checksums reads every byte
pnpm cms sweep [--dry-run] [--grace-hours N]             removes objects nobody refers to that are older
                                                         than N hours; 24 unless said
pnpm cms purge-trash [--dry-run] [--older-than-days N]   purges what has been in the trash for longer;
                                                         TRASH_RETENTION_DAYS unless said

The database is the embedded one, or that of CMS_DATABASE_URL; the files are under DATA_DIR, or in STORAGE_URL.
All may run beside a CMS that serves.`;

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
  if (!options) throw new UsageError(`What to do? One of ${[...commands.keys()].join(', ')}.`);
  const { values } = parseArgs({ args, options });
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' && !isAge(value)) {
      throw new UsageError(`--${name} is a whole number, 0 to ${MAX_NUMBER}.`);
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
