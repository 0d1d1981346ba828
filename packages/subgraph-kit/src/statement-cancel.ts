import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { createBackendCancel } from './backend-cancel.ts';
import { SQLSTATE } from './database-error.ts';
import { hasCode } from './error-code.ts';
import { currentRequest, abortReason } from './request-life.ts';

const RETRY_MS = 50;
/** The end of a transaction is never cancelled: its connection would return to the pool in the middle of it. */
const ENDS_TRANSACTION = /^\s*(?:COMMIT|ROLLBACK)\b/i;

type CancelBackend = (client: pg.PoolClient) => Promise<void>;

/**
 * When a request ends, cancels its statement in PostgreSQL and passes the connection that it waited for to the next
 * request. Unlike a `statement_timeout` per request, this needs no additional statement. A statement that starts
 * after the end of its request is a clean-up, and runs.
 */
export function cancelWithRequests(pool: pg.Pool) {
  const cancelBackend = createBackendCancel(pool);
  pool.connect = new Proxy(pool.connect, { apply: connectUnlessEnded });
  pool.on('connect', (client) => {
    client.query = new Proxy(client.query, {
      apply: (query, self, args: unknown[]): unknown =>
        queryUntilEnd({ client, cancelBackend, query, self, args }),
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
  const signal = currentRequest()?.signal;
  const isOver = () => signal?.aborted === true;
  const wasOver = isOver();
  const connectThen = (done: ConnectCallback) => {
    const onConnect: ConnectCallback = (error, client, release) => {
      if (error || !signal || wasOver || !isOver()) return done(error, client, release);
      release?.();
      done(abortReason(signal));
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
  cancelBackend,
  query,
  self,
  args,
}: {
  client: pg.PoolClient;
  cancelBackend: CancelBackend;
  query: pg.PoolClient['query'];
  self: unknown;
  args: unknown[];
}): unknown {
  const signal = currentRequest()?.signal;
  if (!signal || signal.aborted || ENDS_TRANSACTION.test(textOf(args[0]))) {
    const result: unknown = Reflect.apply(query, self, args);
    return result;
  }
  let isRunning = true;
  let cancelling: Promise<void> | undefined;
  const cancel = () => {
    cancelling = cancelWhile(
      () => isRunning,
      () => cancelBackend(client),
    );
  };
  const stopWatching = () => {
    isRunning = false;
    signal.removeEventListener('abort', cancel);
  };
  signal.addEventListener('abort', cancel, { once: true });
  const withReason = (error: unknown): unknown =>
    cancelling && hasCode(error, SQLSTATE.queryCanceled) ? abortReason(signal) : error;

  const callback = args.at(-1);
  if (typeof callback === 'function') {
    const onResult = (error: unknown, ...results: unknown[]) => {
      stopWatching();
      const callBack = () => {
        Reflect.apply(callback, undefined, [withReason(error), ...results]);
      };
      if (cancelling) void callAfter(cancelling, callBack);
      else callBack();
    };
    const nothing: unknown = Reflect.apply(query, self, args.with(-1, onResult));
    return nothing;
  }
  const result: unknown = Reflect.apply(query, self, args);
  if (!(result instanceof Promise)) return result;
  return settle(result);

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

/** Repeats the cancellation: one that arrives before its statement has no effect. */
async function cancelWhile(isRunning: () => boolean, cancel: () => Promise<void>) {
  while (isRunning()) {
    await cancel();
    if (isRunning()) await sleep(RETRY_MS);
  }
}

/** The text of a statement, from the first argument of pg's `query`. */
export function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  if (typeof query === 'object' && query !== null && 'text' in query) return String(query.text);
  return '';
}
