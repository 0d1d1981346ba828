import { spawn, type SpawnOptions } from 'node:child_process';
import { chmod, chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readIfExists } from '@federated-media/subgraph-kit/files';
import { freePort } from '../ports.ts';
import type { Home } from './home.ts';
import { readPostmaster, removeStalePidFile, type Postmaster } from './postmaster.ts';
import { StartError } from './start-error.ts';

export interface Cluster {
  readonly home: Home;
  readonly bin: string;
  readonly password: string;
  /** False: a crash of the machine loses data, and tests run faster. */
  readonly durable: boolean;
}

/** The maximum length of a socket path is 108 bytes on Linux and 104 elsewhere, including the terminator. */
const maxSocketPath = 103;
const pollMs = 20;
/** Crash recovery of a large database is slow. */
const readyWithinMs = 120_000;
/** How long the processes of a killed server may need to end. */
const leftoversWithinMs = 10_000;

/** Code point order and Unicode case rules, which are the same on every platform. */
const locale = [
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  '--encoding=UTF8',
];
/** pg_trgm asks the C library which characters are letters. */
const characterType = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';

export async function isInitialised({ data }: Home): Promise<boolean> {
  return (await readIfExists(join(data, 'PG_VERSION'))) !== null;
}

/** Atomic: `data` exists only after initdb succeeded, so that an interrupted one starts again. */
export async function initialise({ home, bin, password }: Cluster): Promise<void> {
  const draft = `${home.data}.new`;
  const passwordFile = join(dirname(home.data), 'initial-password');
  await rm(draft, { recursive: true, force: true });
  await makeFolder(draft, home);
  await writeFile(passwordFile, password, { mode: 0o600 });
  await giveTo(home, passwordFile);
  try {
    await runInitdb(home, bin, [
      `--pgdata=${draft}`,
      `--pwfile=${passwordFile}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      ...locale,
      `--lc-ctype=${characterType}`,
      '--no-sync', // the system writes the files within a minute; a thousand fsyncs are half of the first start
    ]);
    await rename(draft, home.data);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Starts a server that outlives this process, and waits until it accepts connections. Throws with its reason. */
export async function start(cluster: Cluster): Promise<Postmaster> {
  const deadline = Date.now() + leftoversWithinMs;
  for (;;) {
    await removeStalePidFile(cluster.home.data);
    try {
      return await startOnce(cluster);
    } catch (error) {
      if (!(error instanceof StartError) || !error.isPassing || Date.now() > deadline) throw error;
      await sleep(10 * pollMs);
    }
  }
}

async function startOnce({ home, bin, durable }: Cluster): Promise<Postmaster> {
  const port = await freePort();
  const log = await open(home.log, 'w');
  const server = launch(home, join(bin, 'postgres'), await serverArguments(home, port, durable), {
    detached: true, // Ctrl-C must not end the server before its clients
    stdio: ['ignore', log.fd, log.fd],
  });
  // This process may end before the server is ready, which would keep running.
  const endToo = () => void server.kill('SIGINT');
  process.once('exit', endToo);
  let isOver = false;
  server.once('exit', () => (isOver = true));
  server.once('error', (error) => {
    isOver = true;
    void log.appendFile(`FATAL: ${error.message}\n`);
  });
  try {
    const postmaster = await untilReady(home, () => isOver);
    if (postmaster) return postmaster;
    throw new StartError(await readFile(home.log, 'utf8'), home.log);
  } finally {
    process.off('exit', endToo);
    server.unref();
    await log.close();
  }
}

/** Returns the server that another process left running, when it accepts connections; null if no server runs. */
export async function adopt(home: Home): Promise<Postmaster | null> {
  if (!(await readPostmaster(home.data))) return null;
  return untilReady(home, (postmaster) => postmaster === null);
}

async function untilReady(
  { data, log }: Home,
  isOver: (postmaster: Postmaster | null) => boolean,
): Promise<Postmaster | null> {
  const deadline = Date.now() + readyWithinMs;
  while (Date.now() < deadline) {
    const postmaster = await readPostmaster(data);
    if (postmaster?.isReady) return postmaster;
    if (isOver(postmaster)) return null;
    await sleep(pollMs);
  }
  throw new Error(`PostgreSQL is not ready after two minutes (${log}).`);
}

async function serverArguments(home: Home, port: number, durable: boolean): Promise<string[]> {
  const socketFits = join(home.sockets, `.s.PGSQL.${port}`).length <= maxSocketPath;
  if (socketFits) await makeFolder(home.sockets, home, 0o755);
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: socketFits ? home.sockets : '',
    max_connections: 200,
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C', // the reason of a failed start is parsed from the log
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', home.data, ...flags];
}

async function runInitdb(home: Home, bin: string, flags: string[]): Promise<void> {
  const initdb = launch(home, join(bin, 'initdb'), flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  initdb.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  initdb.once('close', resolve).once('error', reject);
  if ((await promise) !== 0) {
    throw new Error(
      `PostgreSQL could not create its data folder ${home.data}: ${complaints.trim()}`,
    );
  }
}

/**
 * Without the environment of this process, which contains secrets and PG* variables that would configure the server.
 */
function launch({ account, data }: Home, program: string, flags: string[], options: SpawnOptions) {
  return spawn(program, flags, {
    ...options,
    cwd: dirname(data),
    env: { PATH: process.env['PATH'], LC_MESSAGES: 'C', TZ: 'UTC' },
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  });
}

async function makeFolder(path: string, home: Home, mode = 0o700): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, mode);
  await giveTo(home, path);
}

async function giveTo({ account }: Home, path: string): Promise<void> {
  if (account) await chown(path, account.uid, account.gid);
}
