import type pg from 'pg';
import { SQLSTATE, violatesUnique } from './database-error.ts';
import { hasCode } from './error-code.ts';

const MAX_ATTEMPTS = 4;

type Work<Result> = (client: pg.PoolClient) => Promise<Result>;

/**
 * `work` in one transaction: all of it, or nothing. It runs again, a few times, when it lost a race that
 * it would see the outcome of the next time: a serialization failure, a deadlock and, with `retryTaken`,
 * a unique value taken, which is for work that looks before it writes.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: Work<Result>,
  { retryTaken = false }: { retryTaken?: boolean } = {},
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runOnce(pool, work);
    } catch (error) {
      const isLostRace = isConflict(error) || (retryTaken && violatesUnique(error));
      if (attempt === MAX_ATTEMPTS || !isLostRace) throw error;
    }
  }
}

async function runOnce<Result>(pool: pg.Pool, work: Work<Result>): Promise<Result> {
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

const isConflict = (error: unknown): boolean =>
  hasCode(error, SQLSTATE.serializationFailure, SQLSTATE.deadlockDetected);
