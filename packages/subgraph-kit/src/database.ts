import pg from 'pg';
import type { Logger } from './logger.ts';
import { cancelWithRequests } from './statement-cancel.ts';
import { observeStatements } from './telemetry/statements.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TRANSACTION_TIMEOUT_MS = 15_000;
const STATEMENT_TIMEOUT_MS = 30_000;

/**
 * Opens a pool. Every statement, including those of a Prisma client on this pool, is logged at `debug` as `{
 * requestId, statement, ms }` with the message `sql`; values are never logged. Statements of a request are cancelled when it
 * ends.
 */
export function openPool({
  url,
  name,
  logger,
  maxConnections = 10,
}: {
  url: string;
  name: string;
  logger: Logger;
  maxConnections?: number;
}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: name,
    max: maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  // The pool replaces an idle connection that breaks (a database restart); the error must not end the process.
  pool.on('error', (error) => logger.warn({ err: error }, 'database connection lost'));
  // If a connection breaks while it is in use and idle in a transaction, only this event reports it; its next
  // statement fails.
  pool.on('connect', (client) => {
    client.on('error', (error) => logger.debug({ err: error }, 'pooled connection lost'));
  });
  cancelWithRequests(pool);
  observeStatements(pool, { name, logger });
  return pool;
}

/** The database of a subgraph. `client` is for ordinary statements, `pool` for hand-written SQL. */
export interface Database<Client> {
  readonly pool: pg.Pool;
  readonly client: Client;
  /** @throws Error when the database is not available */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export function openDatabase<Client extends { $disconnect(): Promise<void> }>({
  clientOf,
  ...options
}: {
  url: string;
  name: string;
  logger: Logger;
  /** Creates the generated Prisma client of the subgraph on this pool. */
  clientOf: (pool: pg.Pool) => Client;
}): Database<Client> {
  const pool = openPool(options);
  const client = clientOf(pool);
  return {
    pool,
    client,
    async ping() {
      await pool.query('SELECT 1');
    },
    async close() {
      await client.$disconnect();
      await pool.end();
    },
  };
}
