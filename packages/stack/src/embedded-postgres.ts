import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { hasCode } from '@federated-media/subgraph-kit/error-code';
import { readIfExists } from '@federated-media/subgraph-kit/files';
import { acquireLock } from './lock-file.ts';
import { findBinaries } from './postgres/binaries.ts';
import { adopt, initialise, isInitialised, start, type Cluster } from './postgres/cluster.ts';
import { findHome, type Home } from './postgres/home.ts';
import { stopPostmaster, type Postmaster } from './postgres/postmaster.ts';

export interface EmbeddedPostgres {
  /** A connection string for `database`, which need not exist. It uses the socket if there is one. */
  url(database: string): string;
  /** True when the server was already running: another process uses it, or a killed process left it. */
  readonly adopted: boolean;
  readonly pid: number;
  /** Stops the server, even if another process started it, and if its files were removed. Idempotent. */
  stop(): Promise<void>;
}

interface Options {
  readonly dataDir: string;
  readonly logger: Logger;
  /** False is faster and can lose data: for tests. */
  readonly durable?: boolean;
  /** Receives a progress message at the first start, which takes longer. */
  readonly report?: (line: string) => void;
}

const lockWaitMs = 180_000;

/**
 * Opens the embedded PostgreSQL server with its data in `dataDir`. Processes with the same `dataDir` share one
 * server, and a server that a killed process left running is used again. Throws with PostgreSQL's reason when it does
 * not start.
 */
export async function openEmbeddedPostgres(options: Options): Promise<EmbeddedPostgres> {
  const { dataDir, logger, durable = true, report = () => {} } = options;
  const home = await findHome(dataDir, logger);
  return locked(home, async () => {
    const password = await passwordOf(home);
    const running = await adopt(home);
    if (running) return handle(home, running, password, true);

    const bin = await findBinaries(home.account, logger);
    const cluster = { home, bin, password, durable } satisfies Cluster;
    if (!(await isInitialised(home))) {
      report('creating the database, because this is the first start');
      await initialise(cluster);
    }
    return handle(home, await start(cluster), password, false);
  });
}

/** Stops the server of `dataDir` and removes all its files, `dataDir` included. */
export async function destroyEmbeddedPostgres(dataDir: string): Promise<void> {
  const base = join(dataDir, 'postgres');
  const elsewhere = await readIfExists(join(base, 'location'));
  for (const folder of elsewhere ? [elsewhere, base] : [base]) {
    await stopPostmaster(join(folder, 'data'));
    await rm(folder, { recursive: true, force: true });
  }
  await rm(dataDir, { recursive: true, force: true });
}

function handle(
  home: Home,
  server: Postmaster,
  password: string,
  adopted: boolean,
): EmbeddedPostgres {
  const host = server.socketDir ? `?host=${encodeURIComponent(server.socketDir)}` : '';
  return {
    adopted,
    pid: server.pid,
    url: (database) =>
      `postgresql://postgres:${password}@127.0.0.1:${server.port}/${encodeURIComponent(database)}${host}`,
    stop: () => stop(home, server),
  };
}

async function stop(home: Home, server: Postmaster): Promise<void> {
  const work = () => stopPostmaster(home.data, server);
  try {
    await locked(home, work);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    await work(); // DATA_DIR was removed, and with it the lock
  }
}

async function locked<Result>(home: Home, work: () => Promise<Result>): Promise<Result> {
  const lock = await acquireLock(join(home.base, 'start.lock'), { waitMs: lockWaitMs });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

async function passwordOf(home: Home): Promise<string> {
  const file = join(home.base, 'password');
  const kept = (await readIfExists(file))?.trim();
  if (kept) return kept;
  if (await isInitialised(home)) {
    throw new Error(
      `The password file of the embedded database is missing (${file}). Restore it, or remove ${home.data} to start with an empty database.`,
    );
  }
  const password = randomBytes(24).toString('base64url');
  await writeFile(file, password, { mode: 0o600 });
  return password;
}
