import { AsyncLocalStorage } from 'node:async_hooks';
import { connectionClosed, publicError } from './errors.ts';

/** The lifetime of one request, available to everything that runs for it without being passed as an argument. */
export interface RequestLife {
  /** Aborts when the client disconnects before the response, or at the time limit. */
  readonly signal: AbortSignal;
  /** Milliseconds, at least zero; Infinity without a limit. */
  remainingMs(): number;
}

/** Internal: how many milliseconds the caller will wait. Accepted only with a valid token. */
export const TIMEOUT_HEADER = 'x-request-timeout-ms';

const current = new AsyncLocalStorage<RequestLife>();

/** Undefined in background work. */
export const currentRequest = (): RequestLife | undefined => current.getStore();

export const duringRequest = <Result>(life: RequestLife, work: () => Result): Result =>
  current.run(life, work);

const forOneClient = new WeakSet<RequestLife>();

/**
 * The response of the current request must not be stored by shared caches (RFC 9111, 5.2.2.7), for example because
 * it contains a URL that expires.
 */
export function keepResponsePrivate(): void {
  const life = current.getStore();
  if (life) forOneClient.add(life);
}

/** Whether `keepResponsePrivate` was called during the current request. */
export function isResponsePrivate(): boolean {
  const life = current.getStore();
  return life !== undefined && forOneClient.has(life);
}

/** Starts a lifetime that ends after `timeoutMs`, or when `end` reports that the client is gone. */
export function beginRequest(timeoutMs = Infinity) {
  const controller = new AbortController();
  const endsAt = performance.now() + timeoutMs;
  const timer = Number.isFinite(timeoutMs)
    ? setTimeout(() => controller.abort(timeoutError()), timeoutMs)
    : undefined;
  return {
    life: {
      signal: controller.signal,
      remainingMs: () => Math.max(0, endsAt - performance.now()),
    } satisfies RequestLife,
    end({ answered }: { answered: boolean }) {
      clearTimeout(timer);
      if (!answered) controller.abort(connectionClosed());
    },
  };
}

export const timeoutError = () => publicError('TIMEOUT', 'The request took too long.');

/** The reason why the request of an aborted `signal` ended. */
export const abortReason = ({ reason }: AbortSignal): Error =>
  reason instanceof Error ? reason : new Error('The request has ended.');

/** @returns undefined for an invalid value */
export function readTimeout(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,8}$/.test(header) ? Number(header) : undefined;
}

/** Whether the current request exceeded its time limit; its errors are then caused by the cancellation. */
export function hasTimedOut(): boolean {
  const life = currentRequest();
  return life !== undefined && life.signal.aborted && life.remainingMs() === 0;
}
