import { AsyncLocalStorage } from 'node:async_hooks';
import { publicError } from './errors.ts';

/** How long one request may go on. Known to whatever runs for it, however deep, without being handed down. */
export interface RequestLife {
  /** Aborts when the client hangs up before it has its answer, or when the time is up. */
  readonly signal: AbortSignal;
  /** Milliseconds, never less than zero; Infinity where nobody set a limit. */
  remainingMs(): number;
}

/** Internal: how many milliseconds whoever asks will wait. Believed only beside a token that holds. */
export const TIMEOUT_HEADER = 'x-request-timeout-ms';

const current = new AsyncLocalStorage<RequestLife>();

/** Undefined in the background. */
export const currentRequest = (): RequestLife | undefined => current.getStore();

export const duringRequest = <Result>(life: RequestLife, work: () => Result): Result =>
  current.run(life, work);

/** A life that ends after `timeoutMs`, or as soon as `end` says that nobody waits any more. */
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
      if (!answered)
        controller.abort(publicError('BAD_REQUEST', 'The client closed the connection.'));
    },
  };
}

export const timeoutError = () => publicError('TIMEOUT', 'The request took too long.');

/** Why the request of an aborted `signal` is over. */
export const abortReason = ({ reason }: AbortSignal): Error =>
  reason instanceof Error ? reason : new Error('The request has ended.');

/** @returns undefined for what is no time that we would have sent */
export function readTimeout(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,8}$/.test(header) ? Number(header) : undefined;
}

/** Whether the request this runs for is out of time: what fails now fails because of that. */
export function hasTimedOut(): boolean {
  const life = currentRequest();
  return life !== undefined && life.signal.aborted && life.remainingMs() === 0;
}
