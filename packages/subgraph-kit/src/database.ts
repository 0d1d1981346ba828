import pg from 'pg';
import { createBackends } from './backends.ts';
import {
  CONNECTION_OPTIONS,
  createClientClass,
  createConnectLimit,
  limitGrowth,
} from './database-client.ts';
import { unavailableDatabase } from './database-error.ts';
import type { Logger } from './logger.ts';
import { createPooledBackends } from './pooled-backends.ts';
import { renewPreparedStatements, withoutPreparedStatements } from './prepared-statements.ts';
import { watchSilence } from './silent-connections.ts';
import { cancelWithRequests } from './statement-cancel.ts';
import { observeStatements } from './telemetry/statements.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TRANSACTION_TIMEOUT_MS = 15_000;
const STATEMENT_TIMEOUT_MS = 30_000;
/** A little longer, so that PostgreSQL reports the timeout if it can. */
const MAX_STATEMENT_MS = 32_000;
/** Whether a connection through a pooler has gone silent cannot be asked. Requests take at most ten seconds. */
const MAX_POOLED_STATEMENT_MS = 8_000;

/** What a pooler in transaction mode rejects as a startup parameter. There the role in the database sets it. */
const SESSION_LIMITS = {
  idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
  statement_timeout: STATEMENT_TIMEOUT_MS,
};

/**
 * Opens a pool. Every statement, including those of a Prisma client on this pool, is logged at `debug` as `{
 * requestId, statement, ms }` with the message `sql`; values are never logged. Statements of a request are cancelled when it
 * ends. Connections that do not respond any more are replaced; connecting and statements then fail with a
 * DatabaseUnavailableError.
 */
export function openPool({
  url,
  name,
  logger,
  maxConnections = 10,
  isPooled = false,
}: {
  url: string;
  name: string;
  logger: Logger;
  maxConnections?: number;
  /** Whether `url` is that of a pooler in transaction mode: what belongs to a session cannot be used. */
  isPooled?: boolean;
}): pg.Pool {
  const limit = createConnectLimit();
  const pool = new pg.Pool({
    ...CONNECTION_OPTIONS,
    connectionString: url,
    application_name: name,
    Client: createClientClass(limit),
    max: maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...(!isPooled && SESSION_LIMITS),
  });
  // The pool replaces an idle connection that breaks (a database restart); the error must not end the process.
  pool.on('error', (error) => logger.warn({ err: error }, 'database connection lost'));
  // If a connection breaks while it is in use and idle in a transaction, only this event reports it; its next
  // statement fails.
  pool.on('connect', (client) => {
    client.on('error', (error) => logger.debug({ err: error }, 'pooled connection lost'));
  });
  limitGrowth(pool, limit);
  const backends = isPooled ? createPooledBackends(limit) : createBackends(pool);
  const maxStatementMs = isPooled ? MAX_POOLED_STATEMENT_MS : MAX_STATEMENT_MS;
  const silence = watchSilence({ pool, backends, maxStatementMs, logger });
  if (isPooled) withoutPreparedStatements(pool);
  else renewPreparedStatements(pool);
  cancelWithRequests(pool, { backends, silence });
  observeStatements(pool, { name, logger });
  return pool;
}

/**
 * Creates a connection next to `pool`, to the same database, for what belongs to a session: LISTEN and locks that are
 * held over time. A statement that takes longer than `timeLimitMs` fails; then end the connection.
 */
export function openSession(
  pool: Pick<pg.Pool, 'options'>,
  { timeLimitMs }: { timeLimitMs: number },
): pg.Client {
  const { Client = pg.Client, ...options } = pool.options;
  const client: unknown = Reflect.construct(Client, [{ ...options, query_timeout: timeLimitMs }]);
  if (!(client instanceof pg.Client)) throw new TypeError('The pool has another kind of client.');
  return client;
}

const WRITABLE_FOR_MS = 1_000;
const IS_READ_ONLY = `
  SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS "isReadOnly"`;

/**
 * Returns a check whether the database can be written: it rejects when it is not available, or read-only after a
 * failover. The result is kept for a second.
 */
export function createWriteCheck(pool: pg.Pool): () => Promise<void> {
  let checkedAt = -Infinity;
  let checked = Promise.resolve();
  const check = async () => {
    const client = await pool.connect();
    let isReadOnly = true;
    try {
      const { rows } = await client.query<{ isReadOnly: boolean }>(IS_READ_ONLY);
      isReadOnly = rows[0]?.isReadOnly ?? true;
    } finally {
      // The next check uses another connection, which may reach a database that can be written.
      client.release(isReadOnly);
    }
    if (isReadOnly) throw new Error('The database is read-only.');
  };
  return () => {
    if (performance.now() > checkedAt + WRITABLE_FOR_MS) {
      checkedAt = performance.now();
      checked = check();
      checked.catch(() => {}); // reported to the callers
    }
    return checked;
  };
}

/** The database of a subgraph. `client` is for ordinary statements, `pool` for hand-written SQL. */
export interface Database<Client> {
  readonly pool: pg.Pool;
  readonly client: Client;
  /** @throws Error when the database is not available */
  ping(): Promise<void>;
  /**
   * For the start of a process. A database that is only not available at the moment, as during a failover, is logged:
   * the process serves as soon as it is available.
   * @throws if no retry can succeed, for example for a wrong password
   */
  checkAccess(): Promise<void>;
  close(): Promise<void>;
}

export function openDatabase<Client extends { $disconnect(): Promise<void> }>({
  clientOf,
  ...options
}: {
  url: string;
  name: string;
  logger: Logger;
  isPooled?: boolean;
  /** Creates the generated Prisma client of the subgraph on this pool. */
  clientOf: (pool: pg.Pool) => Client;
}): Database<Client> {
  const pool = openPool(options);
  const client = clientOf(pool);
  const ping = async () => void (await pool.query('SELECT 1'));
  return {
    pool,
    client,
    ping,
    async checkAccess() {
      try {
        await ping();
      } catch (error) {
        if (!unavailableDatabase(error)) throw error;
        options.logger.error({ err: error }, 'starting without a database');
      }
    },
    async close() {
      await client.$disconnect();
      await pool.end();
    },
  };
}
