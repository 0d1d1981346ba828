import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { withClient } from '@federated-media/migrations/databases';
import { destroyEmbeddedPostgres } from './embedded-postgres.ts';
import { processState } from './process-table.ts';
import { startStack, type StackOptions } from './stack.ts';
import { createTestDatabase } from './test-database.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

// Real modules in real processes. The tests of each module cover its details.
const timeout = 150_000;
const cleanUp: (() => Promise<unknown>)[] = [];
let dataDir: string;

beforeAll(async () => {
  dataDir = await temporaryFolder();
});

afterEach(async () => {
  for (const undo of cleanUp.splice(0).toReversed()) await undo();
});

afterAll(() => destroyEmbeddedPostgres(dataDir));

test('starts only the CMS, on a given database', { timeout }, async () => {
  const database = await createTestDatabase('cms');
  cleanUp.push(() => database.drop());
  const stack = await start({ env: { LOG_LEVEL: 'warn', CMS_DATABASE_URL: database.url } });

  const ready = await fetch(`${stack.gatewayUrl}/health/ready`);
  expect(ready.status).toBe(200);
  expect(Object.keys(stack.urls)).toEqual(['cms']);
  expect(() => stack.postgres).toThrow('There is no embedded server');
  expect(await readdir(dataDir)).not.toContain('postgres');

  await expect(start()).rejects.toThrow(`Already running as process ${process.pid}.`);
  await stack.stop();
  await stack.stop();
  for (const { pid } of stack.processes) expect(processState(pid)).toBe('gone');
  await expect(fetch(stack.gatewayUrl)).rejects.toThrow('fetch failed');
});

test('after kill -9, the next start finds the data and no old processes', { timeout }, async () => {
  const killed = await startElsewhere();
  await insertStore(killed.databaseUrl);
  killed.child.kill('SIGKILL');
  await once(killed.child, 'exit');

  const stack = await start();
  for (const pid of killed.pids) expect(processState(pid)).not.toBe('running');
  expect(stack.postgres.adopted).toBe(true);
  expect(await storesOf(stack.postgres.url('cms'))).toEqual([{ id: 'kept' }]);
  await stack.stop();
  expect(processState(stack.postgres.pid)).not.toBe('running');
});

test('a start that fails leaves nothing running', { timeout }, async () => {
  const env = { LOG_LEVEL: 'warn', UPLOAD_MAX_BYTES: 'plenty' };
  await expect(start({ processes: 'one', env })).rejects.toThrow(
    /The platform did not start .*\n.*UPLOAD_MAX_BYTES: .* \(cms, gateway\)/s,
  );
  const stack = await start();
  expect(stack.postgres.adopted).toBe(false);
});

async function start(options: Partial<StackOptions> = {}) {
  const stack = await startStack({
    dataDir,
    ports: 'free',
    output: 'collect',
    subgraphs: ['cms'],
    env: { LOG_LEVEL: 'warn' },
    durable: false,
    ...options,
  });
  cleanUp.push(() => stack.stop());
  return stack;
}

async function startElsewhere() {
  const child: ChildProcess = fork(new URL('testing/start-stack.ts', import.meta.url), [dataDir]);
  cleanUp.push(() => Promise.resolve(child.kill('SIGKILL')));
  const [told] = await once(child, 'message');
  return { child, ...(told as { pids: number[]; databaseUrl: string }) };
}

function insertStore(url: string): Promise<unknown> {
  return withClient(url, (client) => client.query(`INSERT INTO stores (id) VALUES ('kept')`));
}

function storesOf(url: string): Promise<unknown[]> {
  return withClient(url, async (client) => (await client.query('SELECT id FROM stores')).rows);
}
