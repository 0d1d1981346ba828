import pg from 'pg';
import { createClientClass, createConnectLimit } from './database-client.ts';

const MAX_MS = 2_000;
const IDLE_MS = 1_000;

/** After a failover another backend may have the same pid: its start tells them apart. */
interface Backend {
  readonly pid: number;
  readonly startedAt: string;
}

/** Of a connection according to PostgreSQL; `gone`: its backend has ended, or is on another server. */
export type BackendState = 'running' | 'idle' | 'gone';

/** What PostgreSQL knows about the connections of a pool. */
export interface Backends {
  /**
   * Cancels what a connection runs. Resolves after PostgreSQL has sent the signal, so that a later statement of the
   * connection is not cancelled; to false if the signal cannot be sent. It never rejects.
   */
  cancel(client: pg.ClientBase): Promise<boolean>;
  /** The states of those connections that are known. Null if PostgreSQL does not respond within two seconds. */
  statesOf(
    clients: readonly pg.ClientBase[],
  ): Promise<ReadonlyMap<pg.ClientBase, BackendState> | null>;
}

const SELF = `SELECT pid, backend_start::text AS "startedAt"`;
const FROM_SELF = 'FROM pg_stat_activity WHERE pid = pg_backend_pid()';
/** PostgreSQL then stops a statement when its connection breaks. Not every platform supports it. */
const CHECK_CONNECTION = `set_config('client_connection_check_interval', '1000', false)`;
const CANCEL = `
  SELECT pg_cancel_backend(pid) FROM pg_stat_activity
  WHERE pid = $1 AND backend_start = $2::timestamptz`;
const STATES = `
  SELECT pid, backend_start::text AS "startedAt", coalesce(state NOT LIKE 'idle%', true) AS "isRunning"
  FROM pg_stat_activity WHERE pid = ANY($1::int[])`;

/** Asks on one more connection, which opens at most once per second. Its class is not that of the pool's connections. */
export function createBackends(pool: pg.Pool): Backends {
  const { options } = pool;
  const limit = createConnectLimit({ maxPerSecond: 1 });
  const control = new pg.Pool({
    ...options,
    application_name: `${options.application_name ?? ''} control`,
    Client: createClientClass(limit),
    max: 1,
    connectionTimeoutMillis: MAX_MS,
    query_timeout: MAX_MS,
    idleTimeoutMillis: IDLE_MS,
    allowExitOnIdle: true,
  });
  control.on('error', () => {}); // an idle connection broke; the pool opens another
  const backends = new WeakMap<pg.ClientBase, Backend>();
  // The pool waits for it before anyone gets the connection, which the types of pg do not declare.
  const onConnect = async (client: pg.ClientBase) => {
    const backend = await identify(client);
    if (backend) backends.set(client, backend);
  };
  Object.assign(options, { onConnect });

  return {
    async cancel(client) {
      const { pid, startedAt } = backends.get(client) ?? {};
      try {
        const { rows } = await control.query(CANCEL, [pid, startedAt]);
        return rows.length > 0;
      } catch {
        return false;
      }
    },

    async statesOf(clients) {
      const known = clients.flatMap((client) => {
        const backend = backends.get(client);
        return backend ? [{ client, ...backend }] : [];
      });
      try {
        const pids = known.map(({ pid }) => pid);
        const { rows } = await control.query<Backend & { isRunning: boolean }>(STATES, [pids]);
        return new Map(
          known.map(({ client, pid, startedAt }) => {
            const row = rows.find((one) => one.pid === pid && one.startedAt === startedAt);
            return [client, row ? (row.isRunning ? 'running' : 'idle') : 'gone'];
          }),
        );
      } catch (error) {
        // It responds if it rejects the connection, for example because it has too many.
        return error instanceof pg.DatabaseError ? new Map() : null;
      }
    },
  };
}

/** Undefined if the role may not ask. @throws Error when the connection does not respond */
async function identify(client: pg.ClientBase): Promise<Backend | undefined> {
  for (const columns of [`${SELF}, ${CHECK_CONNECTION}`, SELF]) {
    try {
      const question = { text: `${columns} ${FROM_SELF}`, query_timeout: MAX_MS };
      return (await client.query<Backend>(question)).rows[0];
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
    }
  }
  return undefined;
}
