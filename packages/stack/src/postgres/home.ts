import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { readIfExists } from '@federated-media/subgraph-kit/files';
import { accountFor, canAccess, type Account } from './account.ts';
import { stopPostmaster } from './postmaster.ts';

/** Where the cluster of one DATA_DIR lives and whose it is. */
export interface Home {
  /** `DATA_DIR/postgres`: the password, the lock and, where the server's user can reach it, all the rest. */
  readonly base: string;
  /** PGDATA. */
  readonly data: string;
  readonly sockets: string;
  readonly log: string;
  readonly account: Account | null;
}

/** For root, whose home folder is usually closed to the user that PostgreSQL runs as. */
const systemFolder = '/var/lib/federated-media';

/** A folder of the cluster's own, remembered in `DATA_DIR/postgres/location` when it is elsewhere. */
export async function findHome(dataDir: string, logger: Logger): Promise<Home> {
  await mkdir(join(dataDir, 'postgres'), { recursive: true });
  const base = await realpath(join(dataDir, 'postgres'));
  const elsewhere = await readIfExists(join(base, 'location'));
  if (elsewhere) return homeIn(base, elsewhere);

  const home = await homeIn(base, base);
  if (!home.account || (await canAccess(home.account, base))) return home;
  if (await readIfExists(join(home.data, 'PG_VERSION'))) {
    throw new Error(
      `The user ${home.account.name} can no longer access the embedded database in ${base}. Give it access to the parent folders (chmod o+x).`,
    );
  }
  return moveOut(base, home.account, logger);
}

async function homeIn(base: string, folder: string): Promise<Home> {
  const data = join(folder, 'data');
  return {
    base,
    data,
    sockets: join(folder, 'run'),
    log: join(folder, 'postgres.log'),
    account: await accountFor(data),
  };
}

async function moveOut(base: string, account: Account, logger: Logger): Promise<Home> {
  await removeAbandoned(base);
  const id = createHash('sha256').update(base).update(randomBytes(16)).digest('hex').slice(0, 12);
  const folder = await makeSystemFolder(id);
  await writeFile(join(folder, 'belongs-to'), base);
  await writeFile(join(base, 'location'), folder);
  logger.info(
    `The user ${account.name} cannot access ${base}; the database is stored in ${folder}.`,
  );
  return homeIn(base, folder);
}

/** `/var/lib/federated-media/<name>`, open to every user whatever the umask. */
export async function makeSystemFolder(name: string): Promise<string> {
  const folder = join(systemFolder, name);
  await mkdir(folder, { recursive: true });
  for (const opened of [systemFolder, folder]) await chmod(opened, 0o755);
  return folder;
}

/**
 * Whoever deletes DATA_DIR means the database too: what an earlier DATA_DIR of this path left is removed,
 * and what temporary ones left, wherever they were.
 */
async function removeAbandoned(base: string): Promise<void> {
  const folders = await readdir(systemFolder).catch(() => []);
  for (const folder of folders.map((name) => join(systemFolder, name))) {
    const owner = await readIfExists(join(folder, 'belongs-to'));
    if (owner === null || (owner !== base && !owner.startsWith(join(tmpdir(), '/')))) continue;
    if ((await readIfExists(join(owner, 'location'))) === folder) continue;
    await stopPostmaster(join(folder, 'data'));
    await rm(folder, { recursive: true, force: true });
  }
}
