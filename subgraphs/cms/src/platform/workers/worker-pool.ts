import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { z } from 'zod';
import { forkLimited } from './fork-limited.ts';

/**
 * The job was not completed.
 * - `crashed`: its worker died during the job
 * - `timed-out`: its worker was killed for taking too long
 * - `overloaded`: too many jobs are waiting; not started
 * - `broken`: not the job's fault: the worker could not start or reported an error, or the pool was
 *   stopped
 */
export class WorkerError extends Error {
  readonly reason: 'crashed' | 'timed-out' | 'overloaded' | 'broken';

  constructor(reason: WorkerError['reason'], message: string) {
    super(message);
    this.name = 'WorkerError';
    this.reason = reason;
  }
}

export interface WorkerPool {
  /**
   * Resolves to the worker's result. Rejects with WorkerError, or with the reason of `signal` if it
   * aborts while the job waits for a worker. A job that has started is not aborted.
   */
  run(job: object, options?: { signal?: AbortSignal }): Promise<unknown>;
  /** Kills all workers immediately and resolves when they have ended. */
  stop(): Promise<void>;
}

interface Task {
  readonly job: object;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** A slot for one worker. If it is empty, the next task starts a worker. */
interface Slot {
  worker?: ChildProcess | undefined;
  isReady: boolean;
  task?: Task | undefined;
  timer?: NodeJS.Timeout | undefined;
  /** The deadline of the task, in milliseconds since 1970. */
  deadline: number;
}

export interface PoolOptions {
  /**
   * Sends `{ ready: true }` once, then `{ result }` or `{ error }` for each message. Before that it
   * may send `{ withinMs }` to shorten its remaining time.
   */
  readonly module: URL;
  /** The maximum. Beyond `warmWorkers` they start when jobs wait, and end after `idleMs` without one. */
  readonly workers: number;
  /** They start at once, and as many are kept. */
  readonly warmWorkers: number;
  /** Counted from when a worker starts the job, without the time in the queue. */
  readonly jobTimeLimitMs: number;
  readonly maxQueued: number;
  /** The maximum of one worker, which crashes if it exceeds it. Not enforced on Windows. */
  readonly maxMemoryBytes: number;
  /** The scheduling priority of workers: 0 (normal) to 19 (lowest). */
  readonly niceness?: number;
  readonly idleMs?: number;
  readonly logger: Logger;
}

const START_LIMIT_MS = 30_000;
/** Longer than a page of images with pauses; then the memory of an idle worker is worth more. */
const IDLE_MS = 60_000;

const workerMessage = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ withinMs: z.number().nonnegative() }),
  z.object({ error: z.string() }),
  z.object({ result: z.json() }),
]);

/**
 * Runs jobs in child processes, one at a time in each. A process can be killed during a job and is
 * then replaced. The processes get none of our environment variables and must end when their parent is gone ('disconnect').
 *
 * Why not tinypool: it waits a second before it kills a process, its time limits include the time
 * in the queue, and an idle process that dies ends the server with an unhandled 'error'.
 */
export function createWorkerPool(options: PoolOptions): WorkerPool {
  const { jobTimeLimitMs, maxQueued, niceness = 0, idleMs = IDLE_MS, logger } = options;
  const queue: Task[] = [];
  const slots = Array.from({ length: options.workers }, (): Slot => ({
    isReady: false,
    deadline: 0,
  }));
  const running = new Set<ChildProcess>();
  let isStopped = false;

  function start(slot: Slot) {
    const worker = forkLimited(options);
    // Without a pid it did not start and will not emit 'exit'.
    if (worker.pid !== undefined) running.add(worker);
    if (worker.pid !== undefined && niceness > 0) setPriority(worker.pid, niceness);
    Object.assign(slot, { worker, isReady: false });
    slot.timer = setTimeout(() => worker.kill('SIGKILL'), START_LIMIT_MS);
    worker.on('message', (message) => {
      if (slot.worker === worker) receive(slot, message);
    });
    worker.on('exit', (code, signal) => {
      running.delete(worker);
      if (slot.worker === worker) handleExit(slot, `ended with ${signal ?? `exit code ${code}`}`);
    });
    worker.on('error', (error) => {
      if (slot.worker === worker) handleExit(slot, `failed: ${error.message}`);
    });
  }

  function receive(slot: Slot, message: unknown) {
    const { data } = workerMessage.safeParse(message);
    if (!data) {
      // The worker may be compromised by what it decodes: ignore its output.
      slot.worker?.kill('SIGKILL');
      handleExit(slot, 'sent an invalid message');
      return;
    }
    if ('ready' in data) {
      clearTimeout(slot.timer);
      slot.isReady = true;
      if (slot.task) sendTask(slot, slot.task);
      return;
    }
    if ('withinMs' in data) {
      if (slot.task) limit(slot, data.withinMs);
      return;
    }
    const task = takeTask(slot);
    if ('error' in data) task?.reject(new WorkerError('broken', data.error));
    else task?.resolve(data.result);
    assign();
    if (!slot.task) endWhenIdle(slot);
  }

  function endWhenIdle(slot: Slot) {
    slot.timer = setTimeout(() => {
      const { worker } = slot;
      if (slots.filter((each) => each.worker).length <= options.warmWorkers) return;
      Object.assign(slot, { worker: undefined, isReady: false });
      worker?.kill('SIGKILL');
    }, idleMs).unref();
  }

  /**
   * A new worker is started only for the next task, so that a worker which cannot start is not
   * restarted in a loop.
   */
  function handleExit(slot: Slot, how: string) {
    const reason = slot.isReady ? 'crashed' : 'broken';
    const task = takeTask(slot);
    Object.assign(slot, { worker: undefined, isReady: false });
    if (!isStopped) logger.warn({ reason, how, hadTask: task !== undefined }, 'worker exited');
    task?.reject(new WorkerError(reason, `The worker ${how}.`));
    assign();
  }

  function takeTask(slot: Slot): Task | undefined {
    const { task, timer } = slot;
    clearTimeout(timer);
    slot.task = undefined;
    return task;
  }

  function assign() {
    const free = slots.filter((slot) => !slot.task);
    // A worker that runs is preferred to one that has to start.
    for (const slot of free.toSorted((a, b) => Number(b.isReady) - Number(a.isReady))) {
      if (queue.length === 0 || isStopped) return;
      const task = queue.shift();
      slot.task = task;
      if (!slot.worker) start(slot);
      if (slot.isReady && task) sendTask(slot, task);
    }
  }

  function sendTask(slot: Slot, task: Task) {
    slot.deadline = Date.now() + jobTimeLimitMs;
    limit(slot, jobTimeLimitMs);
    // If it cannot be sent, the worker is ending, and 'exit' follows.
    slot.worker?.send(task.job, () => {});
  }

  /** Can only shorten the remaining time. */
  function limit(slot: Slot, withinMs: number) {
    const { worker } = slot;
    clearTimeout(slot.timer);
    slot.deadline = Math.min(slot.deadline, Date.now() + withinMs);
    slot.timer = setTimeout(() => {
      const task = takeTask(slot);
      Object.assign(slot, { worker: undefined, isReady: false });
      worker?.kill('SIGKILL');
      task?.reject(new WorkerError('timed-out', 'The job timed out.'));
      assign();
    }, slot.deadline - Date.now());
  }

  for (const slot of slots.slice(0, options.warmWorkers)) start(slot);

  return {
    async run(job, { signal } = {}) {
      signal?.throwIfAborted();
      if (isStopped) throw new WorkerError('broken', 'The pool has stopped.');
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const task = { job, resolve, reject };
      queue.push(task);
      assign();
      if (queue.length > maxQueued) {
        queue.pop();
        throw new WorkerError('overloaded', 'Too many jobs are waiting.');
      }
      const cancel = () => {
        const position = queue.indexOf(task);
        if (position === -1) return;
        queue.splice(position, 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', cancel);
      try {
        return await promise;
      } finally {
        signal?.removeEventListener('abort', cancel);
      }
    },

    async stop() {
      isStopped = true;
      const stopped = new WorkerError('broken', 'The pool has stopped.');
      for (const task of queue.splice(0)) task.reject(stopped);
      const exits = [...running].map((worker) => once(worker, 'exit'));
      for (const worker of running) worker.kill('SIGKILL');
      await Promise.all(exits);
    },
  };
}
