import { createTestDatabase } from '@federated-media/stack/test-database';
import { openPool } from '@federated-media/subgraph-kit/database';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { noTimings, runIn } from '@federated-media/subgraph-kit/telemetry/activity';
import { startRequestSpan } from '@federated-media/subgraph-kit/telemetry/tracing';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase('catalog');
  const logger = createLogger({ name: 'test', level: 'silent' });
  // All requests wait for the only connection.
  pool = openPool({ url: database.url, name: 'test', logger, maxConnections: 1 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const begin = (requestId: string) => ({
  requestId,
  span: startRequestSpan(undefined),
  timings: noTimings(),
});

test('a statement that waited for a connection counts for its request', async () => {
  const [one, other] = [begin('one'), begin('other')];
  const ask = () => pool.query('SELECT 1');
  await Promise.all([
    runIn(one, ask),
    runIn(other, ask),
    runIn(one, ask),
    ask(),
    runIn(one, async () => {
      const client = await pool.connect();
      await client.query('SELECT 1');
      client.release();
    }),
    runIn(other, ask),
    ask(),
  ]);
  expect([one.timings.sql.calls, other.timings.sql.calls]).toEqual([3, 2]);
});

test('a failed statement counts and fails unchanged', async () => {
  const activity = begin('one');
  const failing = runIn(activity, () => pool.query('SELECT nothing'));
  await expect(failing).rejects.toMatchObject({ code: '42703' });
  expect(activity.timings.sql.calls).toBe(1);
});
