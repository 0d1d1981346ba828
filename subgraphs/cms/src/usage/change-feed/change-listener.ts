import { openSession } from '@federated-media/subgraph-kit/database';
import { breakConnection } from '@federated-media/subgraph-kit/database-client';
import { connectionLost } from '@federated-media/subgraph-kit/database-error';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { createRepeatedTask } from '@federated-media/subgraph-kit/repeated-task';
import type pg from 'pg';

const RECONNECT_MS = 1_000;
/** A connection that only waits does not notice that it has gone silent. */
const CHECK_EVERY_MS = 3_000;
const TIME_LIMIT_MS = 2_000;

/**
 * Listens for committed changes on a separate connection, and reconnects when that is lost. `onConnected`
 * runs before it listens, so changes that were missed can be read.
 */
export function createChangeListener({
  pool,
  onConnected,
  onChange,
  onAccessChange,
  onInvalidation,
  logger,
}: {
  /** Of a database that is reached directly. Only its options are used, none of its connections. */
  pool: pg.Pool;
  onConnected: () => Promise<void>;
  onChange: () => void;
  /** Who may fetch the file has changed. */
  onAccessChange: (mediaId: string) => void;
  /** A file has changed in any way. */
  onInvalidation: () => void;
  logger: Logger;
}) {
  async function listen(signal: AbortSignal) {
    const client = openSession(pool, { timeLimitMs: TIME_LIMIT_MS });
    const cutOff = Promise.withResolvers<void>();
    client.on('error', (error) => logger.warn({ err: error }, 'change listener disconnected'));
    client.on('end', () => cutOff.resolve());
    client.on('notification', ({ channel, payload = '' }) => {
      if (channel === 'media_reach') onAccessChange(payload);
      else if (channel === 'media_invalidations') onInvalidation();
      else onChange();
    });
    const end = () => void client.end().catch(() => {}); // already closed
    signal.addEventListener('abort', end, { once: true });
    let timer: NodeJS.Timeout | undefined;
    try {
      await client.connect();
      await onConnected();
      await client.query('LISTEN media_changes; LISTEN media_reach; LISTEN media_invalidations');
      onChange();
      onInvalidation();
      timer = setInterval(() => void check(client), CHECK_EVERY_MS);
      await cutOff.promise;
    } finally {
      clearInterval(timer);
      signal.removeEventListener('abort', end);
      await client.end().catch(() => {}); // already closed
    }
  }

  return createRepeatedTask({
    pauseMs: RECONNECT_MS,
    async run(signal) {
      try {
        await listen(signal);
      } catch (error) {
        logger.warn({ err: error }, 'change listener cannot connect; retrying');
      }
    },
  });
}

async function check(client: pg.Client): Promise<void> {
  try {
    await client.query('SELECT 1');
  } catch (cause) {
    breakConnection(client, connectionLost('the listener gets no response', cause));
  }
}
