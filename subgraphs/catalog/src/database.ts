import { openPool } from '@federated-media/subgraph-kit/database';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { PrismaClient } from './generated/prisma/client.ts';

const MAX_ATTEMPTS = 4;
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
const UNIQUE_VIOLATION = '23505';

/** The catalog's database, through one pool: Prisma for plain statements, `pool` for those written by hand. */
export interface Database {
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  /** @throws Error when it can't be reached */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export function openDatabase({ url, logger }: { url: string; logger: Logger }): Database {
  const pool = openPool({ url, name: 'catalog', logger });
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  return {
    pool,
    prisma,
    async ping() {
      await pool.query('SELECT 1');
    },
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/**
 * `work` in one transaction: all of it, or nothing. It runs again, a few times, when it lost a race that
 * it would see the outcome of the next time: a serialization failure, a deadlock, a unique value taken.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runOnce(pool, work);
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isLostRace(error)) throw error;
    }
  }
}

async function runOnce<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let isBroken = false;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {
      isBroken = true;
    });
    throw error;
  } finally {
    // A connection with an open transaction must not serve another store.
    client.release(isBroken);
  }
}

const isLostRace = (error: unknown): boolean =>
  [SERIALIZATION_FAILURE, DEADLOCK, UNIQUE_VIOLATION].includes(databaseCode(error) ?? '');

/** Whether `constraint` refused a value that is there already. */
export const violatesUnique = (error: unknown, constraint: string): boolean =>
  databaseCode(error) === UNIQUE_VIOLATION &&
  error instanceof Error &&
  'constraint' in error &&
  error.constraint === constraint;

const databaseCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
