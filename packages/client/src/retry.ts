import { deferred } from './deferred.ts';
import { UploadError } from './errors.ts';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** Whatever the server asks for. */
const LONGEST_WAIT_MS = 5 * 60_000;

interface Retries {
  /** How often to try again after the first attempt. */
  readonly retries: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Repeats `attempt` while it fails with an error that can go away. Waits longer each time, with a random part so that
 * many clients do not come back at the same moment, and at least as long as the server asked for.
 */
export async function retrying<Result>(
  attempt: () => Promise<Result>,
  { retries, signal }: Retries,
): Promise<Result> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (tried >= retries || !(error instanceof UploadError) || !error.isRetryable) throw error;
      const longest = Math.min(FIRST_DELAY_MS * 2 ** tried, LONGEST_DELAY_MS);
      const delay = longest * (0.5 + Math.random() / 2);
      await wait(Math.max(delay, Math.min(error.retryAfterMs ?? 0, LONGEST_WAIT_MS)), signal);
    }
  }
}

/** @throws the reason of `signal`, when it aborts */
export function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve, reject } = deferred<void>();
  const abort = () => {
    clearTimeout(timer);
    reject(signal?.reason);
  };
  const timer = setTimeout(() => {
    signal?.removeEventListener('abort', abort);
    resolve();
  }, ms);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  return promise;
}
