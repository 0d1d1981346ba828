import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { openPool } from './database.ts';
import { DatabaseUnavailableError } from './database-error.ts';
import { beginRequest, duringRequest } from './request-life.ts';
import { type DatabaseProxy, mostPerSecond, openDatabaseProxy } from './testing/database-proxy.ts';
import { inTransaction } from './transaction.ts';

const CONNECTIONS = 6;
/** New connections per second and pool that a failing database must endure. */
const MOST = 5;
const logger = pino({ level: 'silent' });

let proxy: DatabaseProxy;
let pool: pg.Pool;
beforeEach(async () => {
  proxy = await openDatabaseProxy(inject('postgresUrl'));
  const name = `silent-${randomUUID()}`;
  pool = openPool({ url: proxy.url, name, logger, maxConnections: CONNECTIONS });
  await fill();
});
afterEach(async () => {
  await pool.end();
  proxy.close();
});

/** All connections of the pool work. */
async function fill() {
  const many = Array.from({ length: CONNECTIONS }, () => pool.query('SELECT pg_sleep(0.05)'));
  return (await Promise.all(many)).length;
}

const failures: unknown[] = [];
/** As many statements at once as there are connections, one after the other, until all of them succeed. */
async function keepAsking() {
  failures.length = 0;
  const ask = () => pool.query('SELECT 1').catch((error: unknown) => failures.push(error));
  for (let failed = 1; failed > 0;) {
    const before = failures.length;
    await Promise.all(Array.from({ length: CONNECTIONS }, ask));
    failed = failures.length - before;
  }
}

test('replaces silent connections, a few per second, and reports that the database is not available', async () => {
  const since = performance.now();
  proxy.silence();
  await keepAsking();
  expect(await fill()).toBe(CONNECTIONS);
  expect(failures.length).toBeGreaterThan(0);
  for (const error of failures) expect(error).toBeInstanceOf(DatabaseUnavailableError);
  expect(mostPerSecond(proxy.openedSince(since))).toBeLessThanOrEqual(MOST);
});

test('does not return a silent connection in the middle of a transaction to the pool', async () => {
  const before = pool.totalCount;
  const failing = inTransaction(pool, async (client) => {
    proxy.silence();
    await client.query('SELECT 1');
  });
  await expect(failing).rejects.toMatchObject({ wasSent: true, publicCode: 'TIMEOUT' });
  expect(pool.totalCount).toBeLessThan(before);
  await keepAsking();
});

test('recovers when everything stops for a while, also new connections', async () => {
  const since = performance.now();
  proxy.stop();
  const asking = keepAsking();
  await expect.poll(() => failures.length, { timeout: 40_000 }).toBeGreaterThan(CONNECTIONS);
  proxy.resume();
  await asking;
  for (const error of failures) expect(error).toBeInstanceOf(DatabaseUnavailableError);
  expect(mostPerSecond(proxy.openedSince(since))).toBeLessThanOrEqual(MOST);
});

test('replaces silent connections to a pooler, whose state cannot be asked', async () => {
  const pooled = openPool({ url: proxy.url, name: 'pooled', logger, isPooled: true });
  await pooled.query({ name: 'one', text: 'SELECT 1' });
  proxy.silence();
  await expect(pooled.query('SELECT 1')).rejects.toBeInstanceOf(DatabaseUnavailableError);
  expect((await pooled.query('SELECT 7 AS seven')).rows).toEqual([{ seven: 7 }]);
  const prepared = await pooled.query('SELECT FROM pg_prepared_statements');
  expect(prepared.rowCount).toBe(0);
  await pooled.end();
});

test('does not break a connection whose statement takes long', async () => {
  const { rows } = await pool.query('SELECT pg_sleep(6), 7 AS seven');
  expect(rows).toMatchObject([{ seven: 7 }]);
  const slow = `SELECT count(*)::int AS count FROM generate_series(1, 5) AS n, pg_sleep(1 + 0 * n)`;
  expect((await pool.query(slow)).rows).toEqual([{ count: 5 }]);
});

test('ends the statement of a request that is over, with a bounded number of attempts to cancel it', async () => {
  const since = performance.now();
  proxy.silence();
  const { life, end } = beginRequest(500);
  const stuck = duringRequest(life, () => pool.query('SELECT 1'));
  await expect(stuck).rejects.toBeInstanceOf(DatabaseUnavailableError);
  end({ answered: true });
  await sleep(1_500); // in which an endless repetition would open connections
  expect(proxy.openedSince(since).length).toBeLessThanOrEqual(2 * MOST);
  expect(mostPerSecond(proxy.openedSince(since))).toBeLessThanOrEqual(MOST);
});
