import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { openPool } from './database.ts';
import { createTokenMinter } from './identity.ts';
import { TIMEOUT_HEADER, beginRequest, committing, duringRequest, isOver } from './request-life.ts';
import { createSubgraphSchema } from './schema.ts';
import { serveSubgraph } from './server.ts';
import { inTransaction } from './transaction.ts';

const secrets = ['a secret of at least thirty-two characters'];
const silent = pino({ level: 'silent' });
const logged: { level: number; msg: string }[] = [];
const loggedErrors = () => logged.filter(({ level }) => level >= pino.levels.values['error']!);
const open = (maxConnections: number) =>
  openPool({
    url: inject('postgresUrl'),
    name: `life-${randomUUID()}`,
    logger: silent,
    maxConnections,
  });
const pool = open(2);
/** With one connection. */
const onePool = open(1);
/** Observes statements of other pools. */
const observer = open(1);
let served: Awaited<ReturnType<typeof serveSubgraph>>;

const SLEEP = 'SELECT pg_sleep(60)';
const LOCK = 'SELECT pg_advisory_xact_lock(57014)';

/** Waits for a lock that another session holds, as long as PostgreSQL allows. */
async function withLimit(setting: 'statement_timeout' | 'lock_timeout') {
  return inTransaction(pool, async (client) => {
    await client.query(`SET LOCAL ${setting} = 1`);
    return String((await client.query(LOCK)).rowCount);
  });
}

const schema = createSubgraphSchema({
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query {
      quick: String slow: String slowTransaction: String broken: String
      exhausted: String readOnly: String tooSlow: String locked: String
    }
  `),
  resolvers: {
    Query: {
      quick: async () => String((await pool.query('SELECT 1')).rowCount),
      slow: async () => String((await pool.query(SLEEP)).rowCount),
      slowTransaction: () =>
        inTransaction(pool, async (client) => String((await client.query(SLEEP)).rowCount)),
      exhausted: async () => String((await onePool.query('SELECT 1')).rowCount),
      readOnly: () =>
        inTransaction(pool, async (client) => {
          await client.query('SET LOCAL transaction_read_only = on');
          return String((await client.query('CREATE TABLE never (id int)')).rowCount);
        }),
      tooSlow: () => withLimit('statement_timeout'),
      locked: () => withLimit('lock_timeout'),
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
      logger: pino({ level: 'warn' }, { write: (line: string) => logged.push(JSON.parse(line)) }),
    },
  );
  // Connects, which takes longer than the time limits of tests on a busy machine.
  await ask('{ quick }', {});
});
afterAll(async () => {
  await served.close();
  await Promise.all([pool.end(), onePool.end(), observer.end()]);
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

/** Resolves when PostgreSQL executes SLEEP, and no longer a statement before it such as BEGIN. */
const isSleeping = (of = pool) =>
  vi.waitFor(async () => {
    const { rows } = await observer.query<{ query: string }>(
      `SELECT query FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'`,
      [of.options.application_name],
    );
    expect(rows).toEqual([{ query: SLEEP }]);
  });

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
    expect(await ask(`{ quick ${field} }`, { [TIMEOUT_HEADER]: '1000' })).toMatchObject({
      data: { quick: '1', [field]: null },
      errors: [{ path: [field], extensions: { code: 'TIMEOUT' } }],
    });
    expect(await running()).toEqual([]);
    expect(loggedErrors()).toEqual([]);
  },
);

test.each(['slow', 'slowTransaction'])(
  'PostgreSQL stops %s when the client disconnects',
  async (field) => {
    const client = new AbortController();
    const asking = ask(`{ ${field} }`, {}, client.signal);
    await isSleeping();
    client.abort();
    await expect(asking).rejects.toThrow('aborted');
    await vi.waitFor(async () => expect(await running()).toEqual([]));
  },
);

test('without a free connection, and on a read-only database, a field is OVERLOADED', async () => {
  logged.length = 0;
  const overloaded = (field: string, message: string) => ({
    data: { quick: '1', [field]: null },
    errors: [{ path: [field], message, extensions: { code: 'OVERLOADED' } }],
  });
  const held = await onePool.connect();
  expect(await ask('{ quick exhausted }', {})).toMatchObject(
    overloaded('exhausted', 'The database is not available at the moment. Try again.'),
  );
  held.release();
  expect(await ask('{ exhausted }', {})).toEqual({ data: { exhausted: '1' } });
  expect(await ask('{ quick readOnly }', {})).toMatchObject(
    overloaded('readOnly', 'The database is read-only at the moment. Try again later.'),
  );
  const msg = 'database not available';
  expect(logged).toMatchObject([
    { msg, path: ['exhausted'] },
    { msg, path: ['readOnly'] },
  ]);
});

test.each(['tooSlow', 'locked'])(
  'a statement that exceeds a limit of PostgreSQL (%s) is TIMEOUT',
  async (field) => {
    logged.length = 0;
    const holder = await observer.connect();
    await holder.query('BEGIN');
    await holder.query(LOCK);
    const answer = await ask(`{ quick ${field} }`, {});
    await holder.query('ROLLBACK');
    holder.release();
    const message = 'The database took too long. Try again later.';
    expect(answer).toMatchObject({
      data: { quick: '1', [field]: null },
      errors: [{ message, path: [field], extensions: { code: 'TIMEOUT' } }],
    });
    expect(logged).toMatchObject([{ msg: 'statement took too long', path: [field] }]);
    expect(await ask('{ quick }', {})).toEqual({ data: { quick: '1' } });
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
  await isSleeping(single);
  end({ answered: false });
  await expect(sleeping).rejects.toThrow('the statement could not be cancelled');
  await vi.waitFor(async () => expect(await running(single)).toEqual([]));
  expect((await single.query('SELECT 7 AS seven')).rows).toEqual([{ seven: 7 }]);
  await single.end();
  await observer.query(`DROP ROLE ${role}`);
});

const CLOSED = 'The client closed the connection.';

test('a commit does not start after the end of its request', async () => {
  const { life, end } = beginRequest();
  end({ answered: false });
  let started = 0;
  const commit = async () => (started += 1);
  await expect(duringRequest(life, () => committing(commit))).rejects.toThrow(CLOSED);
  expect(started).toBe(0);
});

test('outside of a request a commit runs', async () => {
  expect(await committing(async () => 7)).toBe(7);
});

test('a statement that commits is cancelled at the end of its request, also after an earlier commit', async () => {
  const { life, end } = beginRequest(60_000);
  const committed = await duringRequest(life, () => committing(async () => 'first'));
  expect(committed).toBe('first');
  const second = duringRequest(life, () => committing(() => pool.query(SLEEP)));
  await isSleeping();
  end({ answered: false });
  await expect(second).rejects.toThrow(CLOSED);
  expect(await running()).toEqual([]);
});

test('after a commit the time limit ends nothing, and a disconnect does', async () => {
  const limited = beginRequest(100);
  await duringRequest(limited.life, () => committing(async () => {}));
  const reading = duringRequest(limited.life, () => pool.query('SELECT pg_sleep(0.5), 7 AS seven'));
  expect((await reading).rows).toMatchObject([{ seven: 7 }]);
  expect([limited.life.signal.aborted, isOver(limited.life)]).toEqual([true, false]);

  const { life, end } = beginRequest(60_000);
  await duringRequest(life, () => committing(async () => {}));
  end({ answered: false });
  expect(isOver(life)).toBe(true);
});

test('a timer that fires a little early is the end of the time as well', async () => {
  const over = await Promise.all(
    Array.from({ length: 300 }, async (_none, index) => {
      const { life } = beginRequest(20 + (index % 50));
      await duringRequest(life, () => committing(async () => {}));
      await once(life.signal, 'abort');
      return isOver(life);
    }),
  );
  expect(over.filter(Boolean)).toEqual([]);
});

test('a transaction whose request ends before its COMMIT changes nothing', async () => {
  const table = `ended_${randomUUID().replaceAll('-', '')}`;
  await observer.query(`CREATE TABLE ${table} (id int)`);
  const { life, end } = beginRequest();
  const writing = duringRequest(life, () =>
    inTransaction(pool, async (client) => {
      await client.query(`INSERT INTO ${table} VALUES (1)`);
      end({ answered: false });
    }),
  );
  await expect(writing).rejects.toThrow(CLOSED);
  expect((await observer.query(`SELECT * FROM ${table}`)).rows).toEqual([]);
  const cleanUp = () =>
    inTransaction(pool, async (client) => client.query(`INSERT INTO ${table} VALUES (2)`));
  await duringRequest(life, cleanUp);
  expect((await observer.query(`SELECT * FROM ${table}`)).rows).toEqual([{ id: 2 }]);
  await observer.query(`DROP TABLE ${table}`);
});

test('a transaction is not repeated after the end of its request', async () => {
  const { life, end } = beginRequest();
  let runs = 0;
  const losing = duringRequest(life, () =>
    inTransaction(pool, async () => {
      runs += 1;
      end({ answered: false });
      throw Object.assign(new Error('lost a race'), { code: '40001' });
    }),
  );
  await expect(losing).rejects.toThrow(CLOSED);
  expect(runs).toBe(1);
});

test('each part of an upload that arrives extends the time', async () => {
  const { life, restart } = beginRequest(300);
  for (let part = 0; part < 4; part += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(life.signal.aborted).toBe(false);
    restart();
  }
  await vi.waitFor(() => expect(life.signal.aborted).toBe(true));
  restart();
  expect(life.signal.aborted).toBe(true);
});
