import cluster, { type Worker } from 'node:cluster';
import type { Logger } from '../logger.ts';
import { type Answer, type Channel, createChannel } from './channel.ts';

const FIRST_RESTART_MS = 100;
const MAX_RESTART_MS = 30_000;
/** A worker that served for this time had no fault that prevents it from serving. */
const STABLE_MS = 60_000;
const PING_EVERY_MS = 5_000;

/** A worker did not start. */
export class WorkerFailedError extends Error {
  override readonly name = 'WorkerFailedError';
  /** It printed the reason; otherwise a signal ended it. */
  readonly isReported: boolean;

  constructor(number: number, reason: string) {
    super(`Worker ${number} did not start (${reason}).`);
    this.isReported = reason.startsWith('exit code');
  }
}

/** One of several workers, across restarts of its process. */
export interface SupervisedWorker {
  readonly number: number;
  /** The URL, when it serves for the first time. @throws WorkerFailedError when it ends before */
  readonly ready: Promise<string>;
  /** Of the current process. */
  channel(): Channel;
  withdraw(): void;
  /** Resolves when the process has ended. It is not started again. */
  close(graceMs: number | undefined): Promise<void>;
}

/** Starts a worker, and starts it again when its process ends or does not respond for `hungAfterMs`. */
export function superviseWorker(
  number: number,
  {
    answers,
    hungAfterMs,
    logger,
  }: {
    /** To its questions, in addition to `ready`. */
    answers: Readonly<Record<string, Answer>>;
    hungAfterMs: number;
    logger: Logger;
  },
): SupervisedWorker {
  const firstReady = Promise.withResolvers<string>();
  firstReady.promise.catch(() => {}); // awaited by the caller, possibly later
  let isWithdrawn = false;
  let isClosing = false;
  let hasServed = false;
  let failures = 0;
  let restart: NodeJS.Timeout | undefined;
  let current = launch();

  function launch() {
    const worker = cluster.fork();
    closeUnaccepted(worker);
    const ended = Promise.withResolvers<void>();
    let readyAt: number | undefined;
    let stopWatching = () => {};
    const channel = createChannel({
      // It may end meanwhile.
      send: (message) => void (worker.isConnected() && worker.process.send(message, () => {})),
      answers: {
        ...answers,
        ready(url) {
          readyAt = performance.now();
          hasServed = true;
          stopWatching = watch(worker, channel);
          if (failures > 0) logger.info({ worker: number }, 'worker replaced');
          firstReady.resolve(String(url));
        },
      },
    });
    worker.on('message', (message) => channel.receive(message));
    const onEnd = (reason: string) => {
      stopWatching();
      channel.end();
      ended.resolve();
      if (isClosing) return;
      if (!hasServed) return firstReady.reject(new WorkerFailedError(number, reason));
      if (readyAt !== undefined && performance.now() - readyAt > STABLE_MS) failures = 0;
      restartLater(reason);
    };
    // No `exit` follows when the system could not start the process.
    worker.on('error', (error: Error) => {
      if (worker.process.pid === undefined) onEnd(error.message);
    });
    worker.once('exit', (code, signal?: string) => onEnd(signal ?? `exit code ${code}`));
    if (isWithdrawn) channel.ask('withdraw').catch(() => {});
    return { worker, channel, ended: ended.promise };
  }

  function restartLater(reason: string): void {
    const delayMs = Math.min(MAX_RESTART_MS, FIRST_RESTART_MS * 2 ** failures);
    failures += 1;
    logger.error({ worker: number, reason, restartInMs: delayMs }, 'worker ended; restarting it');
    restart = setTimeout(() => {
      try {
        current = launch();
      } catch (error) {
        restartLater(String(error)); // out of memory, for example
      }
    }, delayMs);
  }

  /**
   * Kills a process that does not answer. Health checks do not find it: others answer them. One that starts may be busy
   * for longer.
   */
  function watch({ process: child }: Worker, channel: Channel): () => void {
    let askedAt: number | undefined;
    const timer = setInterval(
      () => {
        if (askedAt === undefined) {
          askedAt = performance.now();
          const answered = () => void (askedAt = undefined);
          channel.ask('ping').then(answered, () => {});
        } else if (performance.now() - askedAt > hungAfterMs) {
          logger.error({ worker: number }, 'worker does not respond; killing it');
          child.kill('SIGKILL');
        }
      },
      Math.min(PING_EVERY_MS, hungAfterMs),
    );
    return () => clearInterval(timer);
  }

  return {
    number,
    ready: firstReady.promise,
    channel: () => current.channel,
    withdraw() {
      isWithdrawn = true;
      current.channel.ask('withdraw').catch(() => {});
    },
    async close(graceMs) {
      isClosing = true;
      clearTimeout(restart);
      current.channel.ask('close', graceMs).catch(() => {});
      const { worker, ended } = current;
      const kill = () => worker.process.kill('SIGKILL');
      // One that hangs would live on without this process.
      process.once('exit', kill);
      await ended;
      process.off('exit', kill);
    },
  };
}

/**
 * A connection belongs to this process until the worker has accepted it. When the worker ends before, node:cluster
 * keeps it open, and its client would wait without an end.
 */
function closeUnaccepted({ process: child }: Worker): void {
  const { send } = child;
  /** The latest of each listening port and host: the next one follows when it was accepted. */
  const latest = new Map<unknown, { close(): void }>();
  Reflect.set(child, 'send', (message: unknown, handle: unknown, ...rest: unknown[]) => {
    if (isHandle(handle)) latest.set(keyOf(message), handle);
    return Boolean(Reflect.apply(send, child, [message, handle, ...rest]));
  });
  child.once('exit', () => {
    for (const handle of latest.values()) handle.close();
  });
}

const keyOf = (message: unknown): unknown =>
  typeof message === 'object' && message !== null ? Reflect.get(message, 'key') : undefined;

const isHandle = (value: unknown): value is { close(): void } =>
  typeof value === 'object' &&
  value !== null &&
  'close' in value &&
  typeof value.close === 'function';
