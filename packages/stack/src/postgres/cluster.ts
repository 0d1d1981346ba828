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
  /** False: nothing survives a crash of the machine, and tests run faster. */
  readonly durable: boolean;
}

/** A socket's path has 108 bytes on Linux and 104 elsewhere, its end included. */
const maxSocketPath = 103;
const pollMs = 20;
/** Crash recovery of a large database takes its time. */
const readyWithinMs = 120_000;
/** How long processes of a killed server may take to notice that it is gone. */
const leftoversWithinMs = 10_000;

/** Code point order and Unicode case rules, the same on every platform. */
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

/** All or nothing: `data` appears when initdb is through, so a killed one is simply begun again. */
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
      '--no-sync', // the system writes it out within a minute; a thousand fsyncs are half of a first start
    ]);
    await rename(draft, home.data);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Starts a server that outlives us and waits until it takes connections. Throws with its own reason. */
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
    detached: true, // Ctrl-C in the terminal is ours to answer: the server goes last
    stdio: ['ignore', log.fd, log.fd],
  });
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
    server.unref();
    await log.close();
  }
}

/** The server left running by somebody else, once it takes connections; `null` when there is none. */
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
    lc_messages: 'C', // the reason of a failed start is read from the log
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

/** With none of our environment: it holds secrets, and PG* variables would steer the server. */
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
