import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { isProduction, platformSettings, readSettings } from './settings.ts';

const PRODUCTION_DELAY_MS = 5_000;
export const DEFAULT_GRACE_MS = 30_000;
/** How long requests that were disconnected may take to notice. */
const DISCONNECTED_WITHIN_MS = 2_000;
/** For what follows the last request: background work, worker processes, connections to the database. */
const AFTERWARDS_MS = 8_000;

/** Something that serves requests and stops in two steps. */
export interface Serving {
  /**
   * `/health/ready` and `/health/serving` report 503 from now on, and responses ask clients and proxies to close their connections. All
   * requests are still served.
   */
  withdraw(): void;
  /**
   * Accepts no more connections and waits for requests in progress, at most for `graceMs`; then it disconnects them.
   * Resolves when everything has stopped.
   */
  close(graceMs?: number): Promise<void>;
}

export interface ShutdownTimes {
  /** How long requests are accepted after `withdraw`. */
  readonly delayMs: number;
  /** How long requests in progress may take after that. */
  readonly graceMs: number;
}

const { NODE_ENV, SHUTDOWN_DELAY_MS, SHUTDOWN_GRACE_MS } = platformSettings;
const settings = z.object({ NODE_ENV, SHUTDOWN_DELAY_MS, SHUTDOWN_GRACE_MS });

/** @throws SettingsError */
export function shutdownTimes(env: Readonly<Record<string, string | undefined>>): ShutdownTimes {
  const given = readSettings(settings, env);
  const defaultDelayMs = isProduction(given) ? PRODUCTION_DELAY_MS : 0;
  return {
    delayMs: given.SHUTDOWN_DELAY_MS ?? defaultDelayMs,
    graceMs: given.SHUTDOWN_GRACE_MS ?? DEFAULT_GRACE_MS,
  };
}

/** The time after which a process that has not stopped is ended. */
export const longestShutdownMs = ({ delayMs, graceMs }: ShutdownTimes): number =>
  delayMs + graceMs + AFTERWARDS_MS;

/** Stops `serving`. It was withdrawn `withdrawnMs` ago, if before. */
export async function shutDown(
  serving: Serving,
  { delayMs, graceMs }: ShutdownTimes,
  withdrawnMs = 0,
): Promise<void> {
  serving.withdraw();
  await sleep(Math.max(0, delayMs - withdrawnMs));
  await serving.close(graceMs);
}

/**
 * Resolves when `closing` has ended. After `graceMs`, `disconnect` ends what it waits for. `closing` may then take a
 * moment more; this does not wait for it any longer than that.
 */
export async function closeWithin(
  graceMs: number,
  { closing, disconnect }: { closing: Promise<void>; disconnect: () => void },
): Promise<void> {
  const ended = new AbortController();
  const lateAfter = async (ms: number) => {
    await sleep(ms, undefined, { signal: ended.signal, ref: false });
    return 'late' as const;
  };
  try {
    if ((await Promise.race([closing, lateAfter(graceMs)])) !== 'late') return;
    disconnect();
    await Promise.race([closing, lateAfter(DISCONNECTED_WITHIN_MS)]);
  } finally {
    ended.abort();
  }
}
