import type pg from 'pg';
import {
  SQLSTATE,
  isOutdatedPlan,
  isTimeLimit,
  unavailableDatabase,
  violatesUnique,
} from './database-error.ts';
import { hasCode } from './error-code.ts';
import { committing, currentRequest, whileRequestLasts } from './request-life.ts';

const MAX_ATTEMPTS = 4;

type Work<Result> = (client: pg.PoolClient) => Promise<Result>;

/**
 * Runs `work` in one transaction. It runs again, a few times, after a conflict: a serialization failure, a deadlock,
 * a migration that outdates prepared statements and, with `retryTaken`, a unique violation, for work that reads before
 * it writes.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: Work<Result>,
  { retryTaken = false }: { retryTaken?: boolean } = {},
): Promise<Result> {
  const checkRequest = whileRequestLasts();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runOnce(pool, work);
    } catch (error) {
      const mayRepeat = isConflict(error) || (retryTaken && violatesUnique(error));
      if (attempt === MAX_ATTEMPTS || !mayRepeat) throw error;
      // It would run as a clean-up, whose change the response does not report.
      checkRequest();
    }
  }
}

/** If the request ends before the COMMIT, the transaction is rolled back. One that starts after its end is a clean-up. */
async function runOnce<Result>(pool: pg.Pool, work: Work<Result>): Promise<Result> {
  const isCleanUp = currentRequest()?.signal.aborted === true;
  const client = await pool.connect();
  let isBroken = false;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    const commit = () => client.query('COMMIT');
    await (isCleanUp ? commit() : committing(commit));
    return result;
  } catch (error) {
    // Another connection may reach a database that can be written.
    const unavailable = unavailableDatabase(error);
    isBroken = unavailable !== undefined && !isTimeLimit(unavailable.cause);
    await client.query('ROLLBACK').catch(() => {
      isBroken = true;
    });
    throw error;
  } finally {
    // A connection with an open transaction must not be used for another store.
    client.release(isBroken);
  }
}

/** With other transactions, or with a migration. */
const isConflict = (error: unknown): boolean =>
  hasCode(error, SQLSTATE.serializationFailure, SQLSTATE.deadlockDetected) || isOutdatedPlan(error);
