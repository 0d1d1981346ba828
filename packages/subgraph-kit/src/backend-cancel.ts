import pg from 'pg';

const MAX_CONNECTIONS = 2;
const MAX_MS = 2_000;
const IDLE_MS = 1_000;

/** After a failover another backend may have the same pid: its start tells them apart. */
interface Backend {
  readonly pid: number;
  readonly startedAt: string;
}

const SELF = `SELECT pid, backend_start::text AS "startedAt"`;
const FROM_SELF = 'FROM pg_stat_activity WHERE pid = pg_backend_pid()';
/** PostgreSQL then stops a statement when its connection breaks. Not every platform supports it. */
const CHECK_CONNECTION = `set_config('client_connection_check_interval', '1000', false)`;
const CANCEL = `
  SELECT pg_cancel_backend(pid) FROM pg_stat_activity
  WHERE pid = $1 AND backend_start = $2::timestamptz`;

/**
 * Returns a function that cancels what a connection of `pool` runs, from a separate small pool. It resolves after
 * PostgreSQL has sent the signal, so that a later statement of the connection is not cancelled. If the signal cannot
 * be sent, it breaks the connection, which PostgreSQL notices within a second. It never rejects.
 */
export function createBackendCancel(pool: pg.Pool): (client: pg.PoolClient) => Promise<void> {
  const { options } = pool;
  const cancelPool = new pg.Pool({
    ...options,
    application_name: `${options.application_name ?? ''} cancel`,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: MAX_MS,
    query_timeout: MAX_MS,
    idleTimeoutMillis: IDLE_MS,
    allowExitOnIdle: true,
  });
  cancelPool.on('error', () => {}); // an idle connection broke; the pool opens another
  const backends = new WeakMap<pg.ClientBase, Backend>();
  // The pool waits for it before anyone gets the connection, which the types of pg do not declare.
  const onConnect = async (client: pg.ClientBase) => {
    const backend = await identify(client);
    if (backend) backends.set(client, backend);
  };
  Object.assign(options, { onConnect });
  return async (client) => {
    try {
      const { pid, startedAt } = backends.get(client) ?? {};
      const { rows } = await cancelPool.query(CANCEL, [pid, startedAt]);
      if (rows.length > 0) return;
    } catch {
      // As if it did not exist.
    }
    // Its statement fails, and its pool opens another connection.
    const error = new Error('The statement could not be cancelled.');
    if (client instanceof pg.Client) client.connection.stream.destroy(error);
  };
}

async function identify(client: pg.ClientBase): Promise<Backend | undefined> {
  const ask = async (columns: string) => {
    const question = { text: `${columns} ${FROM_SELF}`, query_timeout: MAX_MS };
    return (await client.query<Backend>(question)).rows[0];
  };
  try {
    return await ask(`${SELF}, ${CHECK_CONNECTION}`).catch(() => ask(SELF));
  } catch {
    return undefined;
  }
}
