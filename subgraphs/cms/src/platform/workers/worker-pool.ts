import { type ChildProcess, type ForkOptions, type StdioOptions, fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { z } from 'zod';

/**
 * The job was not done.
 * - `crashed`: its worker died while at it
 * - `timed-out`: its worker was killed for taking too long
 * - `overloaded`: too many are waiting already; not begun
 * - `broken`: the worker could not start, reported an error, or the pool was stopped: not the job's fault
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
   * Resolves to what the worker answered; rejects with WorkerError, or, should `signal` abort while the job
   * waits for a worker, with its reason. A job that has begun is seen through.
   */
  run(job: object, options?: { signal?: AbortSignal }): Promise<unknown>;
  /** Kills every worker at once, whatever it is doing, and resolves when all are gone. */
  stop(): Promise<void>;
}

interface Task {
  readonly job: object;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** One of the places for a worker. Without a worker: the next task starts one. */
interface Slot {
  worker?: ChildProcess | undefined;
  isReady: boolean;
  task?: Task | undefined;
  timer?: NodeJS.Timeout | undefined;
  /** Of the task, by the clock. */
  deadline: number;
}

export interface PoolOptions {
  /**
   * Sends `{ ready: true }` once, then `{ result }` or `{ error }` for every message it gets; before that,
   * if it likes, `{ withinMs }`: how much longer it may take at most.
   */
  readonly module: URL;
  /** At most. Beyond `warmWorkers` they start when jobs wait for them, and end when they were idle for a while. */
  readonly workers: number;
  /** Started at once and kept. */
  readonly warmWorkers: number;
  /** Counted from when a worker begins, not while the job waits for one. */
  readonly jobTimeLimitMs: number;
  readonly maxQueued: number;
  /** Of one worker; more makes it crash. Not enforced on Windows. */
  readonly maxMemoryBytes: number;
  /** How far behind others a worker stands in line for a processor: 0, like everyone, to 19. */
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
 * Jobs in child processes, one at a time in each, which can be killed in the middle of one and are then
 * replaced. They know no secrets (nothing of our environment), and have to end themselves
 * when their parent is gone ('disconnect').
 *
 * Why not tinypool: its processes get a second to end before they are killed, its time limits count the
 * wait for a worker, and one that dies idle ends the whole server with an 'error' nobody hears.
 */
export function createWorkerPool(options: PoolOptions): WorkerPool {
  const { jobTimeLimitMs, maxQueued, niceness = 0, idleMs = IDLE_MS, logger } = options;
  const queue: Task[] = [];
  const slots = Array.from({ length: options.workers }, (): Slot => ({
    isReady: false,
    deadline: 0,
  }));
  const living = new Set<ChildProcess>();
  let isStopped = false;

  function start(slot: Slot) {
    const worker = forkLimited(options);
    // Without an id it never began, and will never tell of an end.
    if (worker.pid !== undefined) living.add(worker);
    if (worker.pid !== undefined && niceness > 0) setPriority(worker.pid, niceness);
    Object.assign(slot, { worker, isReady: false });
    slot.timer = setTimeout(() => worker.kill('SIGKILL'), START_LIMIT_MS);
    worker.on('message', (message) => {
      if (slot.worker === worker) receive(slot, message);
    });
    worker.on('exit', (code, signal) => {
      living.delete(worker);
      if (slot.worker === worker) lose(slot, `ended with ${signal ?? `exit code ${code}`}`);
    });
    worker.on('error', (error) => {
      if (slot.worker === worker) lose(slot, `failed: ${error.message}`);
    });
  }

  function receive(slot: Slot, message: unknown) {
    const { data } = workerMessage.safeParse(message);
    if (!data) {
      // Taken over by what it decodes, perhaps: no word of it counts any more.
      slot.worker?.kill('SIGKILL');
      lose(slot, 'sent an invalid message');
      return;
    }
    if ('ready' in data) {
      clearTimeout(slot.timer);
      slot.isReady = true;
      if (slot.task) begin(slot, slot.task);
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
    if (slots.indexOf(slot) < options.warmWorkers) return;
    slot.timer = setTimeout(() => {
      const { worker } = slot;
      Object.assign(slot, { worker: undefined, isReady: false });
      worker?.kill('SIGKILL');
    }, idleMs).unref();
  }

  /** Nothing is started until there is work for it, so that a worker which can't start doesn't spin. */
  function lose(slot: Slot, how: string) {
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
      if (slot.isReady && task) begin(slot, task);
    }
  }

  function begin(slot: Slot, task: Task) {
    slot.deadline = Date.now() + jobTimeLimitMs;
    limit(slot, jobTimeLimitMs);
    // Can't be sent: the worker is dying, which its 'exit' tells.
    slot.worker?.send(task.job, () => {});
  }

  /** Never gives more time than there was. */
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
      const leave = () => {
        const place = queue.indexOf(task);
        if (place === -1) return;
        queue.splice(place, 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave);
      try {
        return await promise;
      } finally {
        signal?.removeEventListener('abort', leave);
      }
    },

    async stop() {
      isStopped = true;
      const stopped = new WorkerError('broken', 'The pool has stopped.');
      for (const task of queue.splice(0)) task.reject(stopped);
      const gone = [...living].map((worker) => once(worker, 'exit'));
      for (const worker of living) worker.kill('SIGKILL');
      await Promise.all(gone);
    },
  };
}

/**
 * Limits what the process may allocate (`ulimit -d`: RLIMIT_DATA, which Linux counts private mappings
 * under) and, should memory run out all the same, offers it to the kernel before anything else.
 */
function forkLimited({ module, maxMemoryBytes }: PoolOptions): ChildProcess {
  const path = fileURLToPath(module);
  const forkOptions: ForkOptions = { env: ENVIRONMENT, execArgv: NODE_FLAGS, stdio: STDIO };
  if (process.platform === 'win32') return fork(path, forkOptions);

  const script = `
    { ulimit -d ${Math.ceil(maxMemoryBytes / 1024)}; echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null
    exec "$0" "$@"`;
  const execArgv = ['-c', script, process.execPath, ...NODE_FLAGS];
  return fork(path, { ...forkOptions, execPath: '/bin/sh', execArgv });
}

/** Little garbage is made per job, and collecting it late would only make the process grow. */
const NODE_FLAGS = ['--max-semi-space-size=4'];
/** Else the allocator of @napi-rs/canvas takes a gigabyte of addresses, which the limit counts. In KiB. */
const ENVIRONMENT = { MIMALLOC_ARENA_RESERVE: String(64 * 1024) };
const STDIO: StdioOptions = ['ignore', 'ignore', 'inherit', 'ipc'];
