import pg from 'pg';

const MAX_CONNECTIONS = 2;
const MAX_MS = 2_000;
const IDLE_MS = 1_000;

/**
 * Returns a function that cancels what a connection of `pool` runs, from a separate small pool. It resolves after
 * PostgreSQL has sent the signal, so that a later statement of the connection is not cancelled. If the signal cannot
 * be sent, it breaks the connection. It never rejects.
 */
export function createBackendCancel(pool: pg.Pool): (client: pg.PoolClient) => Promise<void> {
  const cancelPool = new pg.Pool({
    ...pool.options,
    application_name: `${pool.options.application_name ?? ''} cancel`,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: MAX_MS,
    query_timeout: MAX_MS,
    idleTimeoutMillis: IDLE_MS,
    allowExitOnIdle: true,
  });
  cancelPool.on('error', () => {}); // an idle connection broke; the pool opens another
  return async (client) => {
    try {
      await cancelPool.query('SELECT pg_cancel_backend($1)', [Reflect.get(client, 'processID')]);
    } catch {
      // Its statement fails, and its pool opens another connection.
      const error = new Error('The statement could not be cancelled.');
      if (client instanceof pg.Client) client.connection.stream.destroy(error);
    }
  };
}
