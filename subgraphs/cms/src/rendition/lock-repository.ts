import type { Logger } from '@federated-media/subgraph-kit/logger';
import pg from 'pg';

const TAKE = `SELECT pg_try_advisory_lock(hashtextextended('rendition ' || $1, 0)) AS taken`;
const RELEASE = `SELECT pg_advisory_unlock(hashtextextended('rendition ' || $1, 0))`;
const TIME_LIMIT_MS = 5_000;

/**
 * Who makes what, among all processes on one database. The locks are those of one connection per process,
 * so a process that is killed gives them back. Where the database can't be asked, everybody may: two who
 * make the same thing waste time and harm nobody.
 */
export function createRenditionLocks({
  pool,
  timeLimitMs = TIME_LIMIT_MS,
  logger,
}: {
  pool: pg.Pool;
  /** Of one question. A connection that is hardly ever used may be gone without a word. */
  timeLimitMs?: number;
  logger: Logger;
}) {
  let connection: Promise<pg.Client> | undefined;
  let line: Promise<unknown> = Promise.resolve();

  /** A connection must not be asked anything while it answers. */
  function inTurn<Result>(ask: () => Promise<Result>): Promise<Result> {
    const answered = line.then(ask);
    line = answered.catch(() => {}); // whoever asked is told
    return answered;
  }

  function connect(): Promise<pg.Client> {
    if (connection) return connection;
    const client = new pg.Client({
      ...pool.options,
      keepAlive: true,
      query_timeout: timeLimitMs,
    });
    const opened = client.connect().then(() => client);
    const forget = () => {
      // The next one may be there by now, with locks that it must give back.
      if (connection === opened) connection = undefined;
      void client.end().catch(() => {}); // ended already
    };
    client.on('error', forget);
    client.on('end', forget);
    opened.catch(forget);
    connection = opened;
    return opened;
  }

  return {
    /** False: another process makes it just now. Not for what this process makes already. */
    async take(key: string): Promise<boolean> {
      try {
        const { rows } = await inTurn(async () => ask(await connect(), TAKE, key));
        return rows[0]?.taken ?? true;
      } catch (error) {
        logger.warn({ err: error }, 'can’t tell whether a rendition is being made elsewhere');
        return true;
      }
    },
    async release(key: string): Promise<void> {
      // Without a connection there is nothing held.
      await inTurn(async () => {
        const client = await connection;
        if (client) await ask(client, RELEASE, key);
      }).catch(() => {});
    },
    async stop(): Promise<void> {
      await connection?.then((client) => client.end()).catch(() => {}); // gone already
    },
  };
}
/** A connection that fails to answer is given up, and its locks with it. */
async function ask(client: pg.Client, statement: string, key: string) {
  try {
    return await client.query<{ taken: boolean }>(statement, [key]);
  } catch (error) {
    await client.end();
    throw error;
  }
}

export type RenditionLocks = ReturnType<typeof createRenditionLocks>;
