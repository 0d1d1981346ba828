import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { storeShare } from '@federated-media/subgraph-kit/store-share';
import { z } from 'zod';
import { type ActiveStores, createActiveStores } from './active-stores.ts';
import { openCpuClock } from './cpu-clock.ts';
import { createFairQueue } from './fair-queue.ts';
import { forkLimited } from './fork-limited.ts';

/**
 * The job was not completed.
 * - `crashed`: its worker died during the job
 * - `killed`: someone else killed its worker: the kernel, if the machine has no memory left
 * - `timed-out`: its worker was killed for using too much CPU time
 * - `unavailable`: not the job's fault, and a retry may succeed: too many jobs of the store are waiting, the
 *   worker could not start or was killed for waiting too long, for a disk or a processor, or the pool was stopped
 * - `broken`: the worker reported an error
 */
export class WorkerError extends Error {
  readonly reason: 'crashed' | 'killed' | 'timed-out' | 'unavailable' | 'broken';
  /** Of a `broken` job that the system refused something: `ENOSPC`. Then it is not the job's fault. */
  readonly code: string | undefined;

  constructor(reason: WorkerError['reason'], message: string, { code }: { code?: string } = {}) {
    super(message);
    this.name = 'WorkerError';
    this.reason = reason;
    this.code = code;
  }
}

export interface WorkerPool {
  /**
   * Resolves to the worker's result. Rejects with WorkerError, or with the reason of `signal` if it
   * aborts while the job waits for a worker. A job that has started is not aborted, unless
   * `killedOnAbort`: its worker is then killed, and the next job starts another.
   */
  run(job: object, options: RunOptions): Promise<unknown>;
  /** Kills all workers immediately and resolves when they have ended. */
  stop(): Promise<void>;
}

export interface RunOptions {
  /** Whose job it is. Stores take turns. */
  readonly storeId: string;
  /** The CPU time for this kind of job, if it is another one than that of the pool. */
  readonly cpuLimitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether `signal` also ends a job that has started. */
  readonly killedOnAbort?: boolean;
}

interface Task {
  readonly job: object;
  readonly storeId: string;
  readonly cpuLimitMs: number;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** A slot for one worker. If it is empty, the next task starts a worker. */
interface Slot {
  readonly isSpare: boolean;
  worker?: ChildProcess | undefined;
  isReady: boolean;
  task?: Task | undefined;
  timer?: NodeJS.Timeout | undefined;
  /** The CPU time of the worker. */
  cpuClock: () => number;
  /** The deadline of the task on `cpuClock`; undefined until its time is measured. */
  deadline: number | undefined;
  hasLoaded: boolean;
  /** The memory of the worker after its last job. */
  residentBytes: number;
}

export interface PoolOptions {
  /**
   * Sends `{ ready: true }` once, then `{ result, residentBytes }` or `{ error }` for each message. Before that it
   * may send `{ loaded: true }` when it has loaded the code for the job, whose time counts from
   * then, and `{ withinMs }` to shorten its remaining time.
   */
  readonly module: URL;
  /**
   * The maximum for one store; half of it while another store is active. Beyond `warmWorkers` they start when jobs wait, and end after `idleMs` without one.
   * Half as many are added as spare ones, for stores that have few running jobs while others occupy all workers.
   */
  readonly workers: number;
  /** They start at once, and as many are kept. */
  readonly warmWorkers: number;
  /**
   * The CPU time of one job, so that jobs have the same limit on a loaded machine. Measured from when
   * a worker starts the job.
   */
  readonly cpuLimitMs: number;
  /** The time from start to end of one job, for those that wait for a disk which does not respond. */
  readonly waitLimitMs: number;
  /** Of all stores together. One store has at most half of them. */
  readonly maxQueued: number;
  /** The maximum of one worker, which crashes if it exceeds it. Not enforced on Windows. */
  readonly maxMemoryBytes: number;
  /** The scheduling priority of workers: 0 (normal) to 19 (lowest). */
  readonly niceness?: number;
  /** Of spare workers. If it is lower, they get a whole processor although the others use all of them. */
  readonly spareNiceness?: number;
  readonly idleMs?: number;
  /** Of all pools of the process. */
  readonly activeStores?: ActiveStores;
  readonly logger: Logger;
}

/** A worker of low priority may take long to start on a busy machine. */
const START_LIMIT_MS = 120_000;
/**
 * Ctrl-C and a closed terminal reach the whole process group. They end a worker that cannot ignore them yet, and which
 * this process may still need. (In another session its priority would not count, see autogroups in sched(7).)
 */
const OF_A_TERMINAL: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGHUP']);
/** How often the time of a running job is measured. Most jobs have ended before. */
const MEASURE_MS = 100;
/**
 * A worker that has decoded a photograph of a phone keeps some hundred megabytes. When it is idle, a new one takes its
 * place, which has about 100 MB.
 */
const MAX_IDLE_BYTES = 200 * 2 ** 20;
/** Longer than a page of images with pauses; then the memory of an idle worker is worth more. */
const IDLE_MS = 60_000;

const workerMessage = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ loaded: z.literal(true) }),
  z.object({ withinMs: z.number().nonnegative() }),
  z.object({ error: z.string(), code: z.string().optional() }),
  z.object({ result: z.json(), residentBytes: z.number().nonnegative() }),
]);

/**
 * Runs jobs in child processes, one at a time in each. A process can be killed during a job and is
 * then replaced. The processes get none of our environment variables and must end when their parent is gone ('disconnect').
 *
 * Stores take turns, and a store never waits for long jobs of another one: no store can occupy the spare workers in
 * addition to all others. Reasons: docs/decisions/0022-fair-shares.md
 *
 * Why not tinypool: it waits a second before it kills a process, its time limits include the time
 * in the queue, and an idle process that dies ends the server with an unhandled 'error'.
 */
export function createWorkerPool(options: PoolOptions): WorkerPool {
  const { waitLimitMs, maxQueued, idleMs = IDLE_MS, logger } = options;
  const { niceness = 0, spareNiceness = niceness, activeStores = createActiveStores() } = options;
  const spareWorkers = storeShare(options.workers);
  const queue = createFairQueue<Task>(maxQueued);
  const slots = Array.from({ length: options.workers + spareWorkers }, (_, index): Slot => ({
    isSpare: index >= options.workers,
    isReady: false,
    cpuClock: () => 0,
    deadline: undefined,
    hasLoaded: false,
    residentBytes: 0,
  }));
  const running = new Set<ChildProcess>();
  let isStopped = false;

  function start(slot: Slot) {
    const worker = forkLimited(options);
    // Without a pid it did not start and will not emit 'exit'.
    if (worker.pid !== undefined) running.add(worker);
    const priority = slot.isSpare ? spareNiceness : niceness;
    if (worker.pid !== undefined && priority > 0) setPriority(worker.pid, priority);
    Object.assign(slot, { worker, isReady: false, residentBytes: 0 });
    if (worker.pid !== undefined) slot.cpuClock = openCpuClock(worker.pid);
    slot.timer = setTimeout(() => worker.kill('SIGKILL'), START_LIMIT_MS);
    worker.on('message', (message) => {
      if (slot.worker === worker) receive(slot, message);
    });
    worker.on('exit', (code, signal) => {
      running.delete(worker);
      if (slot.worker !== worker) return;
      if (!slot.isReady && signal !== null && OF_A_TERMINAL.has(signal) && !isStopped) {
        clearTimeout(slot.timer);
        start(slot);
        return;
      }
      // Not by us: the kernel kills workers first when the machine has no memory left.
      const isKilled = signal === 'SIGKILL';
      handleExit(slot, { how: `ended with ${signal ?? `exit code ${code}`}`, isKilled });
    });
    worker.on('error', (error) => {
      if (slot.worker === worker) handleExit(slot, { how: `failed: ${error.message}` });
    });
  }

  function receive(slot: Slot, message: unknown) {
    const { data } = workerMessage.safeParse(message);
    if (!data) {
      // The worker may be compromised by what it decodes: ignore its output.
      slot.worker?.kill('SIGKILL');
      handleExit(slot, { how: 'sent an invalid message' });
      return;
    }
    if ('ready' in data) {
      clearTimeout(slot.timer);
      slot.isReady = true;
      if (slot.task) sendTask(slot, slot.task);
      return;
    }
    if ('loaded' in data) {
      if (!slot.hasLoaded) slot.deadline = undefined;
      slot.hasLoaded = true;
      return;
    }
    if ('withinMs' in data) {
      shortenLimit(slot, data.withinMs);
      return;
    }
    const task = takeTask(slot);
    if ('error' in data) {
      const { error, code } = data;
      task?.reject(new WorkerError('broken', error, { ...(code !== undefined && { code }) }));
    } else {
      slot.residentBytes = data.residentBytes;
      task?.resolve(data.result);
    }
    assign();
    if (!slot.task) endWhenIdle(slot);
  }

  function endWhenIdle(slot: Slot) {
    slot.timer = setTimeout(() => {
      const { worker } = slot;
      const others = slots.filter((each) => each.worker && !each.isSpare);
      const isWarm = !slot.isSpare && others.length <= options.warmWorkers;
      if (isWarm && slot.residentBytes <= MAX_IDLE_BYTES) return;
      Object.assign(slot, { worker: undefined, isReady: false });
      worker?.kill('SIGKILL');
      if (isWarm) start(slot);
    }, idleMs).unref();
  }

  /**
   * A new worker is started only for the next task, so that a worker which cannot start is not
   * restarted in a loop.
   */
  function handleExit(slot: Slot, { how, isKilled = false }: { how: string; isKilled?: boolean }) {
    const diedAtWork = isKilled ? 'killed' : 'crashed';
    const reason = slot.isReady ? diedAtWork : 'unavailable';
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
    if (isStopped || queue.isEmpty()) return;
    const free = slots.filter((slot) => !slot.task);
    // A single job of a store is done before the many of another one: spare workers have a higher priority.
    for (const slot of free.filter(({ isSpare, isReady }) => isSpare && isReady))
      give(
        slot,
        queue.take(runningOf, (storeId) => (isSingle(storeId) ? spareWorkers : 0)),
      );
    // A worker that runs is preferred to one that has to start.
    for (const slot of free.toSorted((a, b) => costOf(a) - costOf(b)))
      if (!slot.task)
        give(
          slot,
          queue.take(runningOf, (storeId) => maxRunning(slot, storeId)),
        );
  }

  function give(slot: Slot, task: Task | undefined) {
    if (!task) return;
    slot.task = task;
    if (!slot.worker) start(slot);
    if (slot.isReady) sendTask(slot, task);
  }

  const isSingle = (storeId: string): boolean =>
    queue.waitingOf(storeId) === 1 && runningOf(storeId) === 0 && activeStores.hasOthers(storeId);

  const maxRunning = ({ isSpare }: Slot, storeId: string): number =>
    isSpare || activeStores.hasOthers(storeId) ? spareWorkers : options.workers;

  const runningOf = (storeId: string): number =>
    slots.reduce((count, { task }) => count + (task?.storeId === storeId ? 1 : 0), 0);

  function sendTask(slot: Slot, task: Task) {
    clearTimeout(slot.timer);
    Object.assign(slot, { deadline: undefined, hasLoaded: false });
    let measurements = 0;
    slot.timer = setInterval(() => {
      const now = slot.cpuClock();
      slot.deadline ??= now + task.cpuLimitMs;
      // Counted, so that a time in which this process was paused does not count.
      measurements += 1;
      if (now >= slot.deadline) {
        killFor(slot, new WorkerError('timed-out', 'The job took too much CPU time.'));
      } else if (measurements * MEASURE_MS >= waitLimitMs) {
        killFor(slot, new WorkerError('unavailable', 'The job waited too long.'));
      }
    }, MEASURE_MS);
    // If it cannot be sent, the worker is ending, and 'exit' follows.
    slot.worker?.send(task.job, () => {});
  }

  function shortenLimit(slot: Slot, withinMs: number) {
    const now = slot.cpuClock();
    const cpuLimitMs = slot.task?.cpuLimitMs ?? 0;
    slot.deadline = Math.min(slot.deadline ?? now + cpuLimitMs, now + withinMs);
  }

  function killFor(slot: Slot, error: WorkerError) {
    logger.warn({ reason: error.reason }, 'worker killed');
    kill(slot, error);
  }

  /** Kills the worker; its job fails with `error`. */
  function kill(slot: Slot, error: unknown) {
    const { worker } = slot;
    const task = takeTask(slot);
    Object.assign(slot, { worker: undefined, isReady: false });
    worker?.kill('SIGKILL');
    task?.reject(error);
    assign();
  }

  for (const slot of slots.slice(0, options.warmWorkers)) start(slot);

  return {
    async run(job, { storeId, signal, cpuLimitMs = options.cpuLimitMs, killedOnAbort = false }) {
      signal?.throwIfAborted();
      if (isStopped) throw stopped();
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const task = { job, storeId, cpuLimitMs, resolve, reject };
      activeStores.note(storeId);
      queue.add(task);
      assign();
      const excess = queue.removeExcess(storeId);
      excess?.reject(new WorkerError('unavailable', 'Too many jobs of the store are waiting.'));
      const cancel = () => {
        if (queue.remove(task)) {
          reject(signal?.reason);
          return;
        }
        const slot = slots.find((each) => each.task === task);
        if (slot && killedOnAbort) kill(slot, signal?.reason);
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
      for (const task of queue.removeAll()) task.reject(stopped());
      const exits = [...running].map((worker) => once(worker, 'exit'));
      for (const worker of running) worker.kill('SIGKILL');
      await Promise.all(exits);
    },
  };
}

const stopped = () => new WorkerError('unavailable', 'The pool has stopped.');

/** Spare workers last, then those that have to start. */
const costOf = ({ isSpare, isReady }: Slot): number => (isSpare ? 2 : 0) + (isReady ? 0 : 1);
