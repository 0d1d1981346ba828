import { MultipartError } from './errors.ts';

/** How fast an upload must arrive, so that slow clients do not occupy the places of others. */
export interface PaceLimits {
  /** On average of each `windowMs`, without the time in which the server did not read. 0: no limit. */
  readonly minBytesPerSecond: number;
  readonly windowMs: number;
  /** For the whole body. */
  readonly totalMs: number;
}

export interface Pace {
  count(bytes: number): void;
  /** Call it when the server stops reading, and `resume` when it continues: the client is not slow then. */
  pause(): void;
  resume(): void;
  stop(): void;
}

/** Watches a body that starts to arrive now. Calls `onFailed` once, with a MultipartError 408. */
export function watchPace(
  { minBytesPerSecond, windowMs, totalMs }: PaceLimits,
  onFailed: (error: MultipartError) => void,
): Pace {
  let bytes = 0;
  let waitedMs = 0;
  let waitsSince: number | undefined;

  function countWait() {
    const now = performance.now();
    if (waitsSince !== undefined) waitedMs += now - waitsSince;
    return now;
  }

  const fail = (message: string) => {
    stop();
    onFailed(new MultipartError(408, message));
  };
  const check = () => {
    const now = countWait();
    const isSlow = bytes * 1000 < minBytesPerSecond * (windowMs - waitedMs);
    bytes = 0;
    waitedMs = 0;
    if (waitsSince !== undefined) waitsSince = now;
    if (isSlow) fail(tooSlow(minBytesPerSecond, windowMs));
  };
  const window = minBytesPerSecond > 0 ? setInterval(check, windowMs) : undefined;
  const total = setTimeout(() => fail(tooLong(totalMs)), totalMs);
  function stop() {
    clearInterval(window);
    clearTimeout(total);
  }

  return {
    count(received) {
      bytes += received;
    },
    pause() {
      waitsSince ??= performance.now();
    },
    resume() {
      countWait();
      waitsSince = undefined;
    },
    stop,
  };
}

const tooSlow = (minBytesPerSecond: number, windowMs: number) =>
  `The upload is too slow: fewer than ${minBytesPerSecond} bytes per second arrived in the last ${windowMs} ms.`;

const tooLong = (totalMs: number) => `The upload took longer than ${totalMs} ms.`;
