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

const current = new AsyncLocalStorage<RequestLife | undefined>();

/** Undefined in background work. */
export const currentRequest = (): RequestLife | undefined => current.getStore();

export const duringRequest = <Result>(life: RequestLife, work: () => Result): Result =>
  current.run(life, work);

/** Runs `work` that the end of the current request does not end. Log lines still name the request. */
export const beyondRequest = <Result>(work: () => Result): Result => current.run(undefined, work);

/** Requests that have committed a change. */
const committed = new WeakSet<RequestLife>();

/**
 * Runs `commit`, which makes a change of the current request permanent: the point of no return. It does not start
 * after the end of the request, and its statement is cancelled when the request ends while it runs; the result tells
 * whether the change was made. After it, the time limit ends nothing any more, so that the response reports the
 * change.
 * @throws the reason why the request ended
 */
export async function committing<Result>(commit: () => Promise<Result>): Promise<Result> {
  const life = currentRequest();
  if (!life) return commit();
  if (life.signal.aborted) throw abortReason(life.signal);
  // Another object: an earlier change of this request must not keep this commit running.
  const result = await current.run({ ...life }, commit);
  committed.add(life);
  return result;
}

/** Whether the work of a request stops: the client is gone, or the time is over and there is no change to report. */
export const isOver = (life: RequestLife): boolean =>
  life.signal.aborted && !(committed.has(life) && life.remainingMs() === 0);

/**
 * Returns a check for repetitions, which throws the reason if the current request has ended since. What starts after its
 * end is a clean-up, and never stops.
 */
export function whileRequestLasts(): () => void {
  const life = currentRequest();
  if (!life || life.signal.aborted) return () => {};
  return () => {
    if (isOver(life)) throw abortReason(life.signal);
  };
}

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
  let endsAt = performance.now() + timeoutMs;
  const timer = Number.isFinite(timeoutMs)
    ? setTimeout(() => {
        // Timers can fire a fraction of a millisecond early.
        endsAt = performance.now();
        controller.abort(timeoutError());
      }, timeoutMs)
    : undefined;
  return {
    life: {
      signal: controller.signal,
      remainingMs: () => Math.max(0, endsAt - performance.now()),
    } satisfies RequestLife,
    /** The time counts from now: another part of an upload has arrived. */
    restart() {
      if (controller.signal.aborted) return;
      endsAt = performance.now() + timeoutMs;
      timer?.refresh();
    },
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
