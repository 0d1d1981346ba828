import { availableParallelism } from 'node:os';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { z } from 'zod';
import {
  type PoolOptions,
  WorkerError,
  type WorkerPool,
  createWorkerPool,
} from '../workers/worker-pool.ts';
import type { Drawing, Drawn } from './draw.ts';
import { RenditionError } from './rendition-error.ts';

/** What Node, libvips and its coders need at most, beside the pixels. */
const BASE_MEMORY_BYTES = 768 * 2 ** 20;
const MEMORY_BYTES_PER_PIXEL = 24;
const MAX_WAITING = 200;
const TIME_LIMIT_MS = 20_000;
/** Requests that need no picture drawn go first. */
const NICENESS = 10;

const drawn = z.object({
  byteSize: z.int().positive(),
  checksum: z.string().regex(/^[0-9a-f]{64}$/),
});

/**
 * Makes renditions in processes that can crash, hang and be killed without harm: only what they were
 * making fails.
 * @param workers as many as there are processors, for each keeps one busy
 */
export function createRenderer({
  maxPixels,
  workers = availableParallelism(),
  timeLimitMs = TIME_LIMIT_MS,
  maxWaiting = MAX_WAITING,
  logger,
  openPool = createWorkerPool,
}: {
  maxPixels: number;
  workers?: number;
  timeLimitMs?: number;
  maxWaiting?: number;
  logger: Logger;
  openPool?: (options: PoolOptions) => WorkerPool;
}) {
  const pool = openPool({
    module: new URL('worker.ts', import.meta.url),
    workers,
    jobTimeLimitMs: timeLimitMs,
    maxQueued: maxWaiting,
    maxMemoryBytes: BASE_MEMORY_BYTES + maxPixels * MEMORY_BYTES_PER_PIXEL,
    niceness: NICENESS,
    logger,
  });

  return {
    /**
     * Aborting helps while it waits for its turn.
     * @throws RenditionError
     */
    async draw(job: Omit<Drawing, 'maxPixels'>, signal: AbortSignal): Promise<Drawn> {
      try {
        return drawn.parse(await pool.run({ ...job, maxPixels }, { signal }));
      } catch (error) {
        if (!(error instanceof WorkerError)) throw error;
        const reason = error.reason === 'overloaded' ? 'overloaded' : 'failed';
        throw new RenditionError(reason, { cause: error });
      }
    },

    /** At once: what is being made is given up. */
    stop: () => pool.stop(),
  };
}
export type Renderer = ReturnType<typeof createRenderer>;
