import { openSession } from '@federated-media/subgraph-kit/database';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type pg from 'pg';
import { type RenditionRef, type StoredRendition, keyOf, valuesOf } from './repository.ts';

const CLAIM = {
  name: 'claim-rendition',
  text: `SELECT claimed AS "isClaimed", stored FROM claim_rendition($1, $2, $3, $4, $5, $6)`,
};
const RELEASE = {
  name: 'release-renditions',
  text: `SELECT pg_advisory_unlock(hashtextextended('rendition ' || lock, 0)) FROM unnest($1::text[]) AS lock`,
};
const TIME_LIMIT_MS = 5_000;
/** If no other claim releases it before. */
const RELEASE_DELAY_MS = 100;

export interface Claim {
  /** False: another process is rendering it. */
  readonly isClaimed: boolean;
  /** The stored rendition, if any, whether or not this process has the claim. */
  readonly stored: StoredRendition | null;
}

/**
 * Decides which process renders what, among all processes on one database, and returns what is
 * stored already. The locks belong to one connection per process, so those of a killed process are
 * released. If the database does not respond, every process may render: rendering twice wastes time
 * but is harmless.
 */
export function createRenditionLocks({
  pool,
  timeLimitMs = TIME_LIMIT_MS,
  logger,
}: {
  /** Of a database that is reached directly. Only its options are used, none of its connections. */
  pool: pg.Pool;
  /**
   * The maximum time of one statement. A rarely used connection may have been dropped without
   * notice.
   */
  timeLimitMs?: number;
  logger: Logger;
}) {
  let connection: Promise<pg.Client> | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const released: string[] = [];
  let timer: NodeJS.Timeout | undefined;

  /** pg connections run one statement at a time. */
  function oneAtATime<Result>(query: () => Promise<Result>): Promise<Result> {
    const result = queue.then(query);
    queue = result.catch(() => {}); // reported to the caller
    return result;
  }

  function connect(): Promise<pg.Client> {
    if (connection) return connection;
    const client = openSession(pool, { timeLimitMs });
    const opened = client.connect().then(() => client);
    const forget = () => {
      // A new connection may have replaced it, whose locks must stay.
      if (connection === opened) connection = undefined;
      void client.end().catch(() => {}); // already ended
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
    // Without a connection no locks are held.
    await oneAtATime(async () => {
      const client = await connection;
      if (client) await query(client, { ...RELEASE, values: [keys] });
    }).catch(() => {});
  }

  return {
    /**
     * Also marks the stored rendition as used. Do not call it for a rendition that this process is
     * rendering already.
     */
    async claim(ref: RenditionRef): Promise<Claim> {
      try {
        const { rows } = await oneAtATime(async () => {
          const client = await connect();
          const values = [...valuesOf(ref), keyOf(ref), takeReleased()];
          return query<Claim>(client, { ...CLAIM, values });
        });
        return rows[0] ?? { isClaimed: true, stored: null };
      } catch (error) {
        logger.warn({ err: error }, 'cannot check whether another process renders this rendition');
        return { isClaimed: true, stored: null };
      }
    },

    async release(ref: RenditionRef): Promise<void> {
      released.push(keyOf(ref));
      await releaseAll();
    },

    /** Released with the next claim. For stored renditions, which others find without the lock. */
    releaseSoon(ref: RenditionRef): void {
      released.push(keyOf(ref));
      timer ??= setTimeout(() => void releaseAll(), RELEASE_DELAY_MS);
    },

    async stop(): Promise<void> {
      clearTimeout(timer);
      await connection?.then((client) => client.end()).catch(() => {}); // already gone
    },
  };
}

/** Closes a connection that does not respond, and thereby releases its locks. */
async function query<Row extends object>(client: pg.Client, statement: pg.QueryConfig) {
  try {
    return await client.query<Row>(statement);
  } catch (error) {
    await client.end();
    throw error;
  }
}

export type RenditionLocks = ReturnType<typeof createRenditionLocks>;
