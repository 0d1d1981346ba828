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
pnpm cms copy-storage <from> <to> [--checksums] [--at-once N]
                                                         copies the bytes of all files to another storage;
                                                         <from> and <to> are values of STORAGE_URL. Skips
                                                         what is there with the right size, or with
                                                         --checksums with the right bytes. Exit code 1 when
                                                         a file could not be copied. N files at a time,
                                                         default 8
pnpm cms quota <store> [<size>|default]                  prints what a store uses and its limit, after setting it:
                                                         20GiB, or default for STORE_QUOTA_BYTES
pnpm cms release-usages <consumer> [--dry-run]           releases all files that a consumer used that was
                                                         removed, such as recipes; prints the number per store
pnpm cms forget-secrets                                  accepts any URL_SIGNING_SECRET at the next start

The database is the embedded one, or that of CMS_DATABASE_URL; the files are under DATA_DIR, or in STORAGE_URL.
All commands may run while the CMS is running.`;

const MAX_NUMBER = 1_000_000;

const flag = { type: 'boolean' } as const;
const number = { type: 'string' } as const;
const commands = new Map([
  ['verify', { checksums: flag }],
  ['sweep', { 'dry-run': flag, 'grace-hours': number }],
  ['purge-trash', { 'dry-run': flag, 'older-than-days': number }],
  ['copy-storage', { checksums: flag, 'at-once': number }],
  ['quota', {}],
  ['release-usages', { 'dry-run': flag }],
  ['forget-secrets', {}],
]);
/** How many arguments a command has that are not options. */
const ARGUMENTS = new Map([
  ['copy-storage', { min: 2, max: 2 }],
  ['quota', { min: 1, max: 2 }],
  ['release-usages', { min: 1, max: 1 }],
]);
const MAX_AT_ONCE = 64;

await runCommandLine(usage, async ([verb = '', ...args]) => {
  const options = commands.get(verb);
  if (!options)
    throw new UsageError(
      `Missing or unknown command. Commands: ${[...commands.keys()].join(', ')}.`,
    );
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const { min, max } = ARGUMENTS.get(verb) ?? { min: 0, max: 0 };
  if (positionals.length < min || positionals.length > max) {
    const wanted = min === max ? `${max === 0 ? 'no' : max}` : `${min} or ${max}`;
    throw new UsageError(`${verb} has ${wanted} arguments.`);
  }
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' && !isAge(value)) {
      throw new UsageError(`--${name} must be a whole number between 0 and ${MAX_NUMBER}.`);
    }
  }
  const atOnce = Number(values['at-once'] ?? 1);
  if (atOnce < 1 || atOnce > MAX_AT_ONCE)
    throw new UsageError(`--at-once must be between 1 and ${MAX_AT_ONCE}.`);

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
