import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  access,
  appendFile,
  chmod,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { withClient } from '@federated-media/migrations/databases';
import { destroyEmbeddedPostgres, openEmbeddedPostgres } from './embedded-postgres.ts';
import { processState } from './process-table.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const isRoot = process.getuid?.() === 0;
const logger = createLogger({ name: 'test', level: 'silent' });
const folders: string[] = [];
const children: ChildProcess[] = [];
let dataDir: string;

const open = (folder = dataDir) =>
  openEmbeddedPostgres({ dataDir: folder, logger, durable: false });

beforeAll(async () => {
  dataDir = await newFolder();
  const postgres = await open();
  await withClient(postgres.url('postgres'), (client) => client.query('CREATE TABLE kept ()'));
  await postgres.stop();
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await (await open()).stop();
});

afterAll(async () => {
  for (const folder of folders) await destroyEmbeddedPostgres(folder);
});

test('a second start finds the data of the first', async () => {
  const postgres = await open();
  expect(await tableIsThere(postgres)).toBe(true);
});

test('the password is required over TCP and the socket, and other users cannot read it', async () => {
  const postgres = await open();
  const withSocket = new URL(postgres.url('postgres'));
  expect(withSocket.searchParams.get('host')).toContain(dataDir);
  const withoutSocket = new URL(withSocket);
  withoutSocket.search = '';
  for (const url of [withSocket, withoutSocket]) {
    await withClient(url.href, (client) => client.query('SELECT 1'));
    url.password = 'guessed';
    await expect(withClient(url.href, () => Promise.resolve())).rejects.toThrow('password');
  }
  expect((await stat(join(dataDir, 'postgres/password'))).mode & 0o077).toBe(0);
});

test('adopts the server of a killed process, and stops it', async () => {
  const starter = await openElsewhere();
  starter.child.kill('SIGKILL');
  await once(starter.child, 'exit');
  expect(processState(starter.pid)).toBe('running');

  const postgres = await open();
  expect(postgres).toMatchObject({ pid: starter.pid, adopted: true });
  await postgres.stop();
  expect(processState(starter.pid)).not.toBe('running');
});

test('two concurrent starts share one server', async () => {
  const [mine, ...others] = await Promise.all([open(), openElsewhere(), openElsewhere()]);
  expect(others.map(({ pid }) => pid)).toEqual([mine.pid, mine.pid]);
  const starters = [mine, ...others].filter(({ adopted }) => !adopted);
  expect(starters).toHaveLength(1);
});

test('restarts a killed server that is still in the process table as a zombie', async () => {
  const starter = await openElsewhere();
  starter.child.kill('SIGSTOP'); // a parent that does not collect its dead children, which stay zombies
  process.kill(starter.pid, 'SIGKILL');
  await expect.poll(() => processState(starter.pid)).toBe('zombie');

  const postgres = await open();
  expect(postgres.adopted).toBe(false);
  expect(await tableIsThere(postgres)).toBe(true);
});

test('starts although the pid file contains the pid of another process', async () => {
  const pidFile = join(dataDir, 'postgres/data/postmaster.pid');
  await writeFile(pidFile, `${process.pid}\n${dataDir}\n1\n5432\n\n\n\nready   \n`);
  const postgres = await open();
  expect(postgres.pid).not.toBe(process.pid);
  expect(await tableIsThere(postgres)).toBe(true);
});

test('repeats a first start that was interrupted', async () => {
  const folder = await newFolder();
  await mkdir(join(folder, 'postgres/data.new/base'), { recursive: true });
  const postgres = await open(folder);
  expect(postgres.adopted).toBe(false);
});

test('reports why a start failed, and starts after the reason is fixed', async () => {
  const settings = join(dataDir, 'postgres/data/postgresql.conf');
  const before = await readFile(settings, 'utf8');
  await appendFile(settings, "\nshared_buffers = 'plenty'\n");
  await expect(open()).rejects.toThrow('invalid value for parameter "shared_buffers": "plenty"');
  await writeFile(settings, before);
  expect(await tableIsThere(await open())).toBe(true);
});

test('reports a lost password and keeps the data', async () => {
  const password = join(dataDir, 'postgres/password');
  await rename(password, `${password}.lost`);
  await expect(open()).rejects.toThrow(
    `The password file of the embedded database is missing (${password})`,
  );
  await rename(`${password}.lost`, password);
  expect(await tableIsThere(await open())).toBe(true);
});

test('stopping twice and destroying a removed server are not errors', async () => {
  const folder = await newFolder();
  const postgres = await open(folder);
  await postgres.stop();
  await postgres.stop();
  await destroyEmbeddedPostgres(folder);
  await destroyEmbeddedPostgres(folder);
  await expect(access(folder)).rejects.toThrow('ENOENT');
});

test.each(['.', 'postgres/data'])(
  'stops a server whose files in %s were removed',
  async (removed) => {
    const folder = await newFolder();
    const postgres = await open(folder);
    const isOpen = Promise.withResolvers<void>();
    const session = withClient(postgres.url('postgres'), async (client) => {
      const cutOff = once(client, 'error');
      await client.query('BEGIN');
      isOpen.resolve();
      await cutOff;
    }).catch(() => {}); // the server is gone
    await isOpen.promise;
    await rm(join(folder, removed), { recursive: true });
    await postgres.stop();
    await session;
    expect(processState(postgres.pid)).not.toBe('running');
    await postgres.stop();
  },
);

test('kills a server that does not react', async () => {
  const folder = await newFolder();
  const postgres = await open(folder);
  await rm(folder, { recursive: true });
  process.kill(postgres.pid, 'SIGSTOP');
  await postgres.stop();
  // The kernel takes a moment to remove it.
  await expect.poll(() => processState(postgres.pid)).not.toBe('running');
});

test('a server whose files were removed stops without the one that has replaced it', async () => {
  const folder = await newFolder();
  const old = await open(folder);
  await rm(join(folder, 'postgres'), { recursive: true });
  const current = await open(folder);
  await old.stop();
  expect(processState(old.pid)).not.toBe('running');
  expect(processState(current.pid)).toBe('running');
  await current.stop();
});

test.runIf(isRoot)(
  'as root, stores the data elsewhere if the user of the server has no access to the folder',
  async () => {
    const closed = await newFolder();
    await chmod(closed, 0o700);
    const first = await open(closed);
    await withClient(first.url('postgres'), (client) => client.query('CREATE TABLE kept ()'));
    await first.stop();
    const location = await readFile(join(closed, 'postgres/location'), 'utf8');
    expect(location).toMatch(/^\/var\/lib\/federated-media\/\w+$/);

    expect(await tableIsThere(await open(closed))).toBe(true);
    await rm(closed, { recursive: true });
    await mkdir(closed, { mode: 0o700 });
    expect(await tableIsThere(await open(closed))).toBe(false);
    await expect(access(location)).rejects.toThrow('ENOENT');
  },
);

test.runIf(isRoot)('rejects data of another user', async () => {
  await expect(openElsewhere({ uid: 65_534 })).rejects.toThrow('belongs to another user');
});

async function newFolder(): Promise<string> {
  const folder = await temporaryFolder();
  folders.push(folder);
  return folder;
}

function tableIsThere(postgres: { url(database: string): string }): Promise<boolean> {
  return withClient(postgres.url('postgres'), async (client) => {
    const found = await client.query(`SELECT FROM pg_tables WHERE tablename = 'kept'`);
    return found.rows.length === 1;
  });
}

async function openElsewhere(options: { uid?: number } = {}) {
  const script = new URL('testing/open-postgres.ts', import.meta.url);
  const child = fork(script, [dataDir], { ...options, silent: true });
  children.push(child);
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const opened = Promise.withResolvers<{ pid: number; adopted: boolean }>();
  child.once('message', (message: { pid: number; adopted: boolean }) => opened.resolve(message));
  child.once('close', () => opened.reject(new Error(complaints)));
  return { child, ...(await opened.promise) };
}
