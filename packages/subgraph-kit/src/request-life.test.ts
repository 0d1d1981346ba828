import { randomUUID } from 'node:crypto';
import { parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { openPool } from './database.ts';
import { createTokenMinter } from './identity.ts';
import { TIMEOUT_HEADER, beginRequest, duringRequest } from './request-life.ts';
import { createSubgraphSchema } from './schema.ts';
import { serveSubgraph } from './server.ts';
import { inTransaction } from './transaction.ts';

const secrets = ['a secret of at least thirty-two characters'];
const silent = pino({ level: 'silent' });
const logged: string[] = [];
const open = (maxConnections: number) =>
  openPool({
    url: inject('postgresUrl'),
    name: `life-${randomUUID()}`,
    logger: silent,
    maxConnections,
  });
const pool = open(2);
/** Observes statements of other pools. */
const observer = open(1);
let served: Awaited<ReturnType<typeof serveSubgraph>>;

const SLEEP = 'SELECT pg_sleep(60)';
const schema = createSubgraphSchema({
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { quick: String slow: String slowTransaction: String broken: String }
  `),
  resolvers: {
    Query: {
      quick: async () => String((await pool.query('SELECT 1')).rowCount),
      slow: async () => String((await pool.query(SLEEP)).rowCount),
      slowTransaction: () =>
        inTransaction(pool, async (client) => String((await client.query(SLEEP)).rowCount)),
      broken: async () => {
        await pool.query(SLEEP).catch(() => {});
        throw new Error('something inside');
      },
    },
  },
});

beforeAll(async () => {
  served = await serveSubgraph(
    {
      name: 'things',
      schema,
      context: (scope) => scope,
      isReady: async () => {},
      start: async () => {},
      stop: async () => {},
    },
    {
      host: '127.0.0.1',
      port: 0,
      secrets,
      maxBodyBytes: 10_000,
      logger: pino({ level: 'error' }, { write: (line: string) => logged.push(line) }),
    },
  );
});
afterAll(async () => {
  await served.close();
  await Promise.all([pool.end(), observer.end()]);
});

async function ask(query: string, headers: Record<string, string>, signal?: AbortSignal) {
  const minter = createTokenMinter({ secrets, issuer: 'gateway' });
  const token = await minter.mint({
    audience: 'things',
    subject: 'ann',
    storeId: 'demo',
    scope: '',
  });
  const response = await fetch(`${served.url}/graphql`, {
    method: 'POST',
    body: JSON.stringify({ query }),
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      ...headers,
    },
    ...(signal && { signal }),
  });
  return response.json();
}

async function running(of = pool) {
  const { rows } = await observer.query<{ state: string }>(
    `SELECT state FROM pg_stat_activity WHERE application_name = $1 AND state <> 'idle'`,
    [of.options.application_name],
  );
  return rows.map(({ state }) => state);
}

test.each(['slow', 'slowTransaction', 'broken'])(
  'after the time limit, %s is a TIMEOUT error, nothing is running, and other fields are returned',
  async (field) => {
    logged.length = 0;
    expect(await ask(`{ quick ${field} }`, { [TIMEOUT_HEADER]: '300' })).toMatchObject({
      data: { quick: '1', [field]: null },
      errors: [{ path: [field], extensions: { code: 'TIMEOUT' } }],
    });
    expect(await running()).toEqual([]);
    expect(logged).toEqual([]);
  },
);

test.each(['slow', 'slowTransaction'])(
  'PostgreSQL stops %s when the client disconnects',
  async (field) => {
    const client = new AbortController();
    const asking = ask(`{ ${field} }`, {}, client.signal);
    await vi.waitFor(async () => expect(await running()).toEqual(['active']));
    client.abort();
    await expect(asking).rejects.toThrow('aborted');
    await vi.waitFor(async () => expect(await running()).toEqual([]));
  },
);

test('ignores an invalid time limit', async () => {
  expect(await ask('{ quick }', { [TIMEOUT_HEADER]: '-1' })).toEqual({ data: { quick: '1' } });
});

test('a statement that waits for a connection does not start after the end of its request', async () => {
  const single = open(1);
  const held = await single.connect();
  const { life, end } = beginRequest();
  const waiting = duringRequest(life, () => [single.query('SELECT 1'), single.connect()]);
  end({ answered: false });
  held.release();
  const outcomes = await Promise.allSettled(waiting);
  expect(outcomes).toMatchObject([
    { status: 'rejected', reason: { message: 'The client closed the connection.' } },
    { status: 'rejected', reason: { message: 'The client closed the connection.' } },
  ]);
  expect(single.idleCount).toBe(1);
  await single.end();
});

test('a statement that starts after the end of its request runs', async () => {
  const { life, end } = beginRequest();
  end({ answered: false });
  const { rows } = await duringRequest(life, () => pool.query('SELECT 7 AS seven'));
  expect(rows).toEqual([{ seven: 7 }]);
});

test('a statement is not cancelled by the previous request of its connection', async () => {
  const single = open(1);
  const { life, end } = beginRequest();
  const held = await duringRequest(life, () => single.connect());
  const other = single.query('SELECT pg_sleep(0.2), 7 AS seven');
  duringRequest(life, () => held.release());
  await vi.waitFor(async () => expect(await running(single)).toEqual(['active']));
  end({ answered: false });
  expect((await other).rows).toMatchObject([{ seven: 7 }]);
  await single.end();
});

test('a connection can be used after a cancelled statement', async () => {
  const single = open(1);
  const client = await single.connect();
  const { rows: before } = await client.query('SELECT pg_backend_pid()');
  for (let round = 0; round < 20; round += 1) {
    const { life, end } = beginRequest();
    const cancelled = duringRequest(life, () => client.query(SLEEP));
    end({ answered: false });
    await expect(cancelled).rejects.toThrow('The client closed the connection.');
    await client.query('SELECT 1');
  }
  expect((await client.query('SELECT pg_backend_pid()')).rows).toEqual(before);
  client.release();
  await single.end();
});

test('breaks the connection when its statement cannot be cancelled, and PostgreSQL stops it', async () => {
  const role = `single_${randomUUID().replaceAll('-', '')}`;
  await observer.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret' CONNECTION LIMIT 1`);
  const url = new URL(inject('postgresUrl'));
  Object.assign(url, { username: role, password: 'secret' });
  const single = openPool({ url: url.href, name: role, logger: silent, maxConnections: 1 });
  const { life, end } = beginRequest();
  const sleeping = duringRequest(life, () => single.query(SLEEP));
  await vi.waitFor(async () => expect(await running(single)).toEqual(['active']));
  end({ answered: false });
  await expect(sleeping).rejects.toThrow('The statement could not be cancelled.');
  await vi.waitFor(async () => expect(await running(single)).toEqual([]));
  expect((await single.query('SELECT 7 AS seven')).rows).toEqual([{ seven: 7 }]);
  await single.end();
  await observer.query(`DROP ROLE ${role}`);
});
