import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Backends } from './backends.ts';
import { breakConnection } from './database-client.ts';
import { SQLSTATE, connectError, connectionLost, statementError } from './database-error.ts';
import { hasCode } from './error-code.ts';
import { abortReason, currentRequest, isOver } from './request-life.ts';
import type { SilenceWatch } from './silent-connections.ts';

/** Pauses after attempts to cancel. Then the connection is broken. */
const RETRY_MS = [50, 100, 200, 400];
/** The end of a transaction is never cancelled: its connection would return to the pool in the middle of it. */
const ENDS_TRANSACTION = /^\s*(?:COMMIT|ROLLBACK)\b/i;

interface Watching {
  readonly backends: Backends;
  readonly silence: SilenceWatch;
}

/**
 * When a request is over (`isOver`), cancels its statement in PostgreSQL and passes the connection that it waited for
 * to the next request. Unlike a `statement_timeout` per request, this needs no additional statement. A statement that starts
 * after the end of its request is a clean-up, and runs.
 *
 * Errors of connections become a DatabaseUnavailableError.
 */
export function cancelWithRequests(pool: pg.Pool, watching: Watching) {
  pool.connect = new Proxy(pool.connect, { apply: connectUnlessEnded });
  pool.on('connect', (client) => {
    client.query = new Proxy(client.query, {
      apply: (query, self, args: unknown[]): unknown =>
        queryUntilEnd({ ...watching, client, query, self, args }),
    });
  });
}

/**
 * The pool calls back in the context of the request that released the connection; `bind` restores the context of the
 * request that waits for it.
 */
function connectUnlessEnded(
  connect: pg.Pool['connect'],
  self: unknown,
  [callback]: unknown[],
): unknown {
  const life = currentRequest();
  const wasAborted = life?.signal.aborted === true;
  const connectThen = (done: ConnectCallback) => {
    const onConnect: ConnectCallback = (error, client, release) => {
      if (error) return done(connectError(error), client, release);
      if (!life || wasAborted || !isOver(life)) return done(error, client, release);
      release?.();
      done(abortReason(life.signal));
    };
    Reflect.apply<unknown, unknown[], unknown>(connect, self, [AsyncLocalStorage.bind(onConnect)]);
  };
  if (typeof callback === 'function') {
    return connectThen((...results) => void Reflect.apply(callback, undefined, results));
  }
  return new Promise((resolve, reject) => {
    connectThen((error, client) => (error ? reject(error) : resolve(client)));
  });
}

type ConnectCallback = (error?: Error, client?: pg.PoolClient, release?: () => void) => void;

function queryUntilEnd({
  client,
  backends,
  silence,
  query,
  self,
  args,
}: Watching & {
  client: pg.PoolClient;
  query: pg.PoolClient['query'];
  self: unknown;
  args: unknown[];
}): unknown {
  const ended = silence.begin(client);
  const life = currentRequest();
  const signal = life?.signal;
  const isCancelled = signal && !signal.aborted && !ENDS_TRANSACTION.test(textOf(args[0]));
  let isRunning = true;
  let cancelling: Promise<void> | undefined;
  const cancel = () => {
    if (!life || !isOver(life)) return;
    cancelling = cancelWhile(() => isRunning, client, backends);
  };
  const stopWatching = () => {
    isRunning = false;
    ended();
    signal?.removeEventListener('abort', cancel);
  };
  if (isCancelled) signal.addEventListener('abort', cancel, { once: true });
  const withReason = (error: unknown): unknown =>
    signal && cancelling && hasCode(error, SQLSTATE.queryCanceled)
      ? abortReason(signal)
      : statementError(error);

  const callback = args.at(-1);
  if (typeof callback === 'function') {
    const onResult = (error: unknown, ...results: unknown[]) => {
      stopWatching();
      const callBack = () => {
        Reflect.apply(callback, undefined, [error ? withReason(error) : error, ...results]);
      };
      if (cancelling) void callAfter(cancelling, callBack);
      else callBack();
    };
    const nothing: unknown = Reflect.apply(query, self, args.with(-1, onResult));
    return nothing;
  }
  const result: unknown = Reflect.apply(query, self, args);
  if (result instanceof Promise) return settle(result);
  stopWatching();
  return result;

  /** Waits for the cancellation, which must not hit the next statement of this connection. */
  async function settle(running: Promise<unknown>) {
    try {
      return await running;
    } catch (error) {
      throw withReason(error);
    } finally {
      stopWatching();
      await cancelling;
    }
  }
}

async function callAfter(cancelling: Promise<void>, callBack: () => void) {
  await cancelling;
  callBack();
}

/**
 * Repeats the cancellation: one that arrives before its statement has no effect. If the statement does not end, its
 * connection is broken, which PostgreSQL notices within a second.
 */
async function cancelWhile(
  isRunning: () => boolean,
  client: pg.PoolClient,
  backends: Backends,
): Promise<void> {
  for (const pauseMs of RETRY_MS) {
    if (!(await backends.cancel(client))) break;
    if (isRunning()) await sleep(pauseMs);
    if (!isRunning()) return;
  }
  if (isRunning()) breakConnection(client, connectionLost('the statement could not be cancelled'));
}

/** The text of a statement, from the first argument of pg's `query`. */
export function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  if (typeof query === 'object' && query !== null && 'text' in query) return String(query.text);
  return '';
}
