import type { Logger } from '@federated-media/subgraph-kit/logger';
import pg from 'pg';

const TAKE = `SELECT pg_try_advisory_lock(hashtextextended('rendition ' || $1, 0)) AS taken`;
const RELEASE = `SELECT pg_advisory_unlock(hashtextextended('rendition ' || $1, 0))`;

/**
 * Who makes what, among all processes on one database. The locks are those of one connection per process,
 * so a process that is killed gives them back. Where the database can't be asked, everybody may: two who
 * make the same thing waste time and harm nobody.
 */
export function createRenditionLocks({ pool, logger }: { pool: pg.Pool; logger: Logger }) {
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
    const client = new pg.Client(pool.options);
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
        const { rows } = await inTurn(async () =>
          (await connect()).query<{ taken: boolean }>(TAKE, [key]),
        );
        return rows[0]?.taken ?? true;
      } catch (error) {
        logger.warn({ err: error }, 'can’t tell whether a rendition is being made elsewhere');
        return true;
      }
    },
    async release(key: string): Promise<void> {
      // Without a connection there is nothing held.
      await inTurn(async () => (await connection)?.query(RELEASE, [key])).catch(() => {});
    },
    async stop(): Promise<void> {
      await connection?.then((client) => client.end()).catch(() => {}); // gone already
    },
  };
}
export type RenditionLocks = ReturnType<typeof createRenditionLocks>;
