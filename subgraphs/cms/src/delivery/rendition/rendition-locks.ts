import type { Logger } from '@federated-media/subgraph-kit/logger';
import pg from 'pg';
import { type RenditionRef, type StoredRendition, keyOf, valuesOf } from './repository.ts';

const CLAIM = {
  name: 'claim-rendition',
  text: `SELECT claimed AS "isMine", stored FROM claim_rendition($1, $2, $3, $4, $5, $6)`,
};
const RELEASE = {
  name: 'release-renditions',
  text: `SELECT pg_advisory_unlock(hashtextextended('rendition ' || lock, 0)) FROM unnest($1::text[]) AS lock`,
};
const TIME_LIMIT_MS = 5_000;
/** Should no other claim take it along. */
const SOON_MS = 100;

export interface Claim {
  /** False: another process makes it just now. */
  readonly isMine: boolean;
  /** What was made before, whoever makes it now. */
  readonly stored: StoredRendition | null;
}

/**
 * Who makes what, among all processes on one database, and what is made already. The locks are those of one
 * connection per process, so a process that is killed gives them back. Where the database can't be asked,
 * everybody may: two who make the same thing waste time and harm nobody.
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
  const released: string[] = [];
  let timer: NodeJS.Timeout | undefined;

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

  function takeReleased(): string[] {
    clearTimeout(timer);
    timer = undefined;
    return released.splice(0);
  }

  async function releaseAll(): Promise<void> {
    const keys = takeReleased();
    if (keys.length === 0) return;
    // Without a connection there is nothing held.
    await inTurn(async () => {
      const client = await connection;
      if (client) await ask(client, { ...RELEASE, values: [keys] });
    }).catch(() => {});
  }

  return {
    /** Counts as a use of what is stored. Not for what this process makes already. */
    async claim(ref: RenditionRef): Promise<Claim> {
      try {
        const { rows } = await inTurn(async () => {
          const client = await connect();
          const values = [...valuesOf(ref), keyOf(ref), takeReleased()];
          return ask<Claim>(client, { ...CLAIM, values });
        });
        return rows[0] ?? { isMine: true, stored: null };
      } catch (error) {
        logger.warn({ err: error }, 'cannot check whether another process renders this rendition');
        return { isMine: true, stored: null };
      }
    },

    async release(ref: RenditionRef): Promise<void> {
      released.push(keyOf(ref));
      await releaseAll();
    },

    /** With the next claim: for what is stored, which others find without the lock. */
    releaseSoon(ref: RenditionRef): void {
      released.push(keyOf(ref));
      timer ??= setTimeout(() => void releaseAll(), SOON_MS);
    },

    async stop(): Promise<void> {
      clearTimeout(timer);
      await connection?.then((client) => client.end()).catch(() => {}); // gone already
    },
  };
}

/** A connection that fails to answer is given up, and its locks with it. */
async function ask<Row extends object>(client: pg.Client, statement: pg.QueryConfig) {
  try {
    return await client.query<Row>(statement);
  } catch (error) {
    await client.end();
    throw error;
  }
}

export type RenditionLocks = ReturnType<typeof createRenditionLocks>;
