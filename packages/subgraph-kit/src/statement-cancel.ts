import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { sendCancelRequest } from './cancel-request.ts';
import { SQLSTATE } from './database-error.ts';
import { hasCode } from './error-code.ts';
import { currentRequest, reasonOf } from './request-life.ts';

const RETRY_MS = 50;
/** How a transaction ends is not for a request to break off: its connection would go back half way. */
const ENDS_TRANSACTION = /^\s*(?:COMMIT|ROLLBACK)\b/i;

/**
 * Ends with a request what it has under way in `pool`: its statement is cancelled in PostgreSQL, and a
 * connection it waited for goes to the next. That costs no statement on the way, as a `statement_timeout`
 * of each request would. What is begun after the end is somebody's tidying up, and runs.
 */
export function cancelWithRequests(pool: pg.Pool) {
  pool.connect = new Proxy(pool.connect, { apply: connectUnlessEnded });
  pool.on('connect', (client) => {
    client.query = new Proxy(client.query, {
      apply: (query, self, args: unknown[]): unknown => queryUntilEnd(client, query, self, args),
    });
  });
}

/** Always called back by the pool, where it must be for us as much as for whoever gave the connection back. */
function connectUnlessEnded(
  connect: pg.Pool['connect'],
  self: unknown,
  [callback]: unknown[],
): unknown {
  const signal = currentRequest()?.signal;
  const isOver = () => signal?.aborted === true;
  const wasOver = isOver();
  const take = (tell: (error?: Error, client?: pg.PoolClient, release?: () => void) => void) => {
    const taken: typeof tell = (error, client, release) => {
      if (error || !signal || wasOver || !isOver()) return tell(error, client, release);
      release?.();
      tell(reasonOf(signal));
    };
    Reflect.apply<unknown, unknown[], unknown>(connect, self, [AsyncLocalStorage.bind(taken)]);
  };
  if (typeof callback === 'function') {
    return take((...answer) => void Reflect.apply(callback, undefined, answer));
  }
  return new Promise((resolve, reject) => {
    take((error, client) => (error ? reject(error) : resolve(client)));
  });
}

function queryUntilEnd(
  client: pg.PoolClient,
  query: pg.PoolClient['query'],
  self: unknown,
  args: unknown[],
): unknown {
  const signal = currentRequest()?.signal;
  if (!signal || signal.aborted || ENDS_TRANSACTION.test(textOf(args[0]))) {
    const result: unknown = Reflect.apply(query, self, args);
    return result;
  }
  let isRunning = true;
  let cancelling: Promise<void> | undefined;
  const cancel = () => {
    cancelling = cancelWhile(() => isRunning, client);
  };
  const stopWatching = () => {
    isRunning = false;
    signal.removeEventListener('abort', cancel);
  };
  signal.addEventListener('abort', cancel, { once: true });
  const meant = (error: unknown): unknown =>
    cancelling && hasCode(error, SQLSTATE.queryCanceled) ? reasonOf(signal) : error;

  const callback = args.at(-1);
  if (typeof callback === 'function') {
    const answer = (error: unknown, ...results: unknown[]) => {
      stopWatching();
      const tell = () => {
        Reflect.apply(callback, undefined, [meant(error), ...results]);
      };
      if (cancelling) void tellAfter(cancelling, tell);
      else tell();
    };
    const nothing: unknown = Reflect.apply(query, self, args.with(-1, answer));
    return nothing;
  }
  const result: unknown = Reflect.apply(query, self, args);
  if (!(result instanceof Promise)) return result;
  return settle(result);

  /** The cancellation is over first: it must not hit the next statement of this connection. */
  async function settle(running: Promise<unknown>) {
    try {
      return await running;
    } catch (error) {
      throw meant(error);
    } finally {
      stopWatching();
      await cancelling;
    }
  }
}

async function tellAfter(cancelling: Promise<void>, tell: () => void) {
  await cancelling;
  tell();
}

/** Again and again: a request that overtakes its statement cancels nothing. */
async function cancelWhile(isRunning: () => boolean, client: pg.PoolClient) {
  while (isRunning()) {
    await sendCancelRequest(client);
    if (isRunning()) await sleep(RETRY_MS);
  }
}

/** Of what pg's `query` is given first. */
export function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  if (typeof query === 'object' && query !== null && 'text' in query) return String(query.text);
  return '';
}
