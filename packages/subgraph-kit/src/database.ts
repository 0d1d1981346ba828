import pg from 'pg';
import type { Logger } from './logger.ts';
import { cancelWithRequests } from './statement-cancel.ts';
import { observeStatements } from './telemetry/statements.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TRANSACTION_TIMEOUT_MS = 15_000;
const STATEMENT_TIMEOUT_MS = 30_000;

/**
 * A pool on `url`. Every statement, Prisma's too when its adapter is given this pool, is logged at
 * `debug` as `{ statement, ms }` with the message `sql`; values are never logged. What runs for a request
 * ends with it.
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
  // An idle connection that breaks (a database restart) is replaced by the pool; it must not end the process.
  pool.on('error', (error) => logger.warn({ err: error }, 'database connection lost'));
  // One that breaks while it is lent and idle, in the middle of a transaction, has nobody else to tell; its
  // next statement fails.
  pool.on('connect', (client) => {
    client.on('error', (error) => logger.debug({ err: error }, 'pooled connection lost'));
  });
  cancelWithRequests(pool);
  observeStatements(pool, { name, logger });
  return pool;
}

/** A subgraph's own database, through one pool: `client` for plain statements, `pool` for those written by hand. */
export interface Database<Client> {
  readonly pool: pg.Pool;
  readonly client: Client;
  /** @throws Error when it can't be reached */
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
  /** Prisma's, which is generated for each subgraph, on this pool. */
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
