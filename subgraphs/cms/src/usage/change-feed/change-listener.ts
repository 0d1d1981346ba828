import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import pg from 'pg';

const RECONNECT_MS = 1_000;

/**
 * Hears, on a connection of its own, that changes were committed; it connects again whenever it is cut off.
 * `onConnected` runs before it listens: what was missed meanwhile is there to be read.
 */
export function createChangeListener({
  pool,
  onConnected,
  onChange,
  onAccessChange,
  logger,
}: {
  /** Tells where the database is; its connections are left alone. */
  pool: pg.Pool;
  onConnected: () => Promise<void>;
  onChange: () => void;
  /** Of a file: it may be fetched by others than before, or by nobody. */
  onAccessChange: (mediaId: string) => void;
  logger: Logger;
}) {
  const stopping = new AbortController();
  let loop = Promise.resolve();

  async function listen(signal: AbortSignal) {
    const client = new pg.Client({ ...pool.options, keepAlive: true });
    const cutOff = Promise.withResolvers<void>();
    client.on('error', (error) => logger.warn({ err: error }, 'change listener disconnected'));
    client.on('end', () => cutOff.resolve());
    client.on('notification', ({ channel, payload = '' }) => {
      if (channel === 'media_reach') onAccessChange(payload);
      else onChange();
    });
    const end = () => void client.end().catch(() => {}); // it was gone already
    signal.addEventListener('abort', end, { once: true });
    try {
      await client.connect();
      await onConnected();
      await client.query('LISTEN media_changes; LISTEN media_reach');
      onChange();
      await cutOff.promise;
    } finally {
      signal.removeEventListener('abort', end);
      await client.end().catch(() => {}); // likewise
    }
  }

  async function repeat(signal: AbortSignal) {
    while (!signal.aborted) {
      try {
        await listen(signal);
      } catch (error) {
        logger.warn({ err: error }, 'change listener cannot connect; retrying');
      }
      await sleep(RECONNECT_MS, undefined, { signal, ref: false }).catch(() => {}); // stopped: no need to wait
    }
  }

  return {
    start() {
      loop = repeat(stopping.signal);
    },
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}
