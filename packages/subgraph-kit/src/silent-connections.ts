import pg from 'pg';
import type { BackendState, Backends } from './backends.ts';
import { breakConnection } from './database-client.ts';
import { connectionLost } from './database-error.ts';
import type { Logger } from './logger.ts';

const CHECK_EVERY_MS = 1_000;
/** After this time without a byte of the result, PostgreSQL is asked what the connection does. */
const SUSPECT_MS = 2_000;
/**
 * How often PostgreSQL may not respond either, nor to any other statement of the pool, before the connection counts
 * as broken.
 */
const MAX_UNANSWERED = 2;

interface Watched {
  /** Statements without a result. */
  running: number;
  /** When the oldest of them started, or the last byte arrived. */
  quietSince: number;
  bytesRead: number;
  /** PostgreSQL reported once that it has sent everything. */
  isIdle: boolean;
}

/**
 * Breaks connections that have gone silent: their peer has disappeared, but no packet reports it, for example after a
 * failover behind a proxy. TCP notices this after a quarter of an hour. Without it every statement would wait that
 * long, while new connections work.
 *
 * A statement may take long. Therefore PostgreSQL is asked, on another connection, whether it still executes it. If it
 * has finished it, has never heard of it, or does not respond either, the connection is broken.
 */
export function watchSilence({
  pool,
  backends,
  maxStatementMs,
  logger,
}: {
  pool: pg.Pool;
  backends: Backends;
  /** A statement without a result after this time is broken, unless PostgreSQL reports that it is running. */
  maxStatementMs: number;
  logger: Logger;
}) {
  const connections = new Map<pg.ClientBase, Watched>();
  let timer: NodeJS.Timeout | undefined;
  /** How often in succession PostgreSQL did not respond to the question. */
  let unanswered = 0;
  /** When a byte arrived on any connection. */
  let answeredAt = -Infinity;

  /** Whether bytes have arrived since the last call. */
  function hasReceived(client: pg.ClientBase, watched: Watched): boolean {
    const bytesRead = bytesReadOf(client);
    if (bytesRead === watched.bytesRead) return false;
    answeredAt = performance.now();
    Object.assign(watched, { bytesRead, quietSince: answeredAt, isIdle: false });
    return true;
  }

  pool.on('connect', (client) => {
    const quietSince = performance.now();
    connections.set(client, { running: 0, quietSince, bytesRead: 0, isIdle: false });
  });
  pool.on('remove', (client) => connections.delete(client));

  function check() {
    // Bytes that have arrived are counted before this runs.
    setImmediate(() => void checkAll().finally(schedule));
  }

  function schedule() {
    const isNeeded = [...connections.values()].some(({ running }) => running > 0);
    timer = isNeeded ? setTimeout(check, CHECK_EVERY_MS).unref() : undefined;
  }

  async function checkAll() {
    const now = performance.now();
    const suspects = [...connections].filter(([client, watched]) => {
      if (hasReceived(client, watched)) return false;
      return watched.running > 0 && watched.quietSince <= now - SUSPECT_MS;
    });
    if (suspects.length === 0) return;

    const states = await backends.statesOf(suspects.map(([client]) => client));
    unanswered = states ? 0 : unanswered + 1;
    const broken = suspects.filter(
      ([client, watched]) =>
        watched.running > 0 &&
        !hasReceived(client, watched) &&
        isBroken(watched, states?.get(client)),
    );
    if (broken.length > 0) breakAll(broken);
  }

  function isBroken(watched: Watched, state: BackendState | undefined): boolean {
    const { quietSince, isIdle: wasIdle } = watched;
    // What PostgreSQL has just sent may not have arrived yet: it must be idle twice.
    watched.isIdle = state === 'idle';
    const isUnreachable = unanswered >= MAX_UNANSWERED && answeredAt <= quietSince;
    const isLate = state !== 'running' && quietSince <= performance.now() - maxStatementMs;
    return state === 'gone' || (state === 'idle' && wasIdle) || isUnreachable || isLate;
  }

  /** Also breaks unused connections that have not responded since: probably the same has happened to them. */
  function breakAll(broken: readonly (readonly [pg.ClientBase, Watched])[]) {
    const since = Math.max(...broken.map(([, { quietSince }]) => quietSince));
    const unused = [...connections].filter(
      ([, { running, quietSince }]) => running === 0 && quietSince < since,
    );
    logger.warn(
      { statements: broken.length, unused: unused.length },
      'database connections do not respond; replacing them',
    );
    const reason = connectionLost('the connection does not respond');
    for (const [client] of [...broken, ...unused]) {
      connections.delete(client);
      breakConnection(client, reason);
    }
  }

  return {
    /** A statement starts on this connection. Call the result when it ends. */
    begin(client: pg.ClientBase): () => void {
      const watched = connections.get(client);
      if (!watched) return () => {};
      hasReceived(client, watched);
      if (watched.running === 0) {
        Object.assign(watched, { quietSince: performance.now(), isIdle: false });
      }
      watched.running += 1;
      timer ??= setTimeout(check, CHECK_EVERY_MS).unref();
      return () => {
        watched.running -= 1;
        hasReceived(client, watched);
      };
    },
  };
}
export type SilenceWatch = ReturnType<typeof watchSilence>;

function bytesReadOf(client: pg.ClientBase): number {
  if (!(client instanceof pg.Client)) return 0;
  const { stream } = client.connection;
  return 'bytesRead' in stream ? Number(stream.bytesRead) : 0;
}
