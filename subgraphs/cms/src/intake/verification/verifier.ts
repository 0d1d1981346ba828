import { availableParallelism } from 'node:os';
import { publicError } from '@federated-media/subgraph-kit/errors';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { sanitizedPathOf } from '../../storage/staging.ts';
import { decodingMemory } from '../../platform/image/decoding-memory.ts';
import type { Claims } from '../../files/file-types/claims.ts';
import { type Verdict, rejectFile, verdictFromWorker } from './verdict.ts';
import {
  type PoolOptions,
  WorkerError,
  type WorkerPool,
  createWorkerPool,
} from '../../platform/workers/worker-pool.ts';

export type { Verdict } from './verdict.ts';

/** Staged bytes and what the client declared about them. */
export interface UnverifiedFile extends Claims {
  readonly path: string;
  readonly byteSize: number;
}

/**
 * The maximum memory of Node, libvips, its decoders and the DOM for SVGs, in addition to the
 * pixels.
 */
const BASE_MEMORY_BYTES = 1024 * 2 ** 20;
const MAX_WORKERS = 4;
const MAX_WAITING = 200;
const TIME_LIMIT_MS = 10_000;

/**
 * Determines the type and properties of bytes, or why they are rejected, from the bytes alone.
 * Inspects them in processes that can crash, hang and be killed: only the file that they were
 * inspecting is rejected.
 *
 * @param maxPixels the maximum of an image, with all frames of an animation, checked before
 *   decoding
 * @param timeLimitMs for one file, from when a worker starts with it
 */
export function createVerifier({
  maxPixels,
  workers = Math.min(MAX_WORKERS, availableParallelism()),
  timeLimitMs = TIME_LIMIT_MS,
  logger,
  openPool = createWorkerPool,
}: {
  maxPixels: number;
  workers?: number;
  timeLimitMs?: number;
  logger: Logger;
  openPool?: (options: PoolOptions) => WorkerPool;
}) {
  const pool = openPool({
    module: new URL('worker.ts', import.meta.url),
    workers,
    warmWorkers: 1,
    jobTimeLimitMs: timeLimitMs,
    maxQueued: MAX_WAITING,
    maxMemoryBytes: BASE_MEMORY_BYTES + decodingMemory(maxPixels),
    logger,
  });

  /** Tries again after a crash: the worker may have been killed for another reason. */
  async function inspect(job: object): Promise<unknown> {
    try {
      return await pool.run(job);
    } catch (error) {
      if (!isBecause(error, 'crashed')) throw error;
      return pool.run(job);
    }
  }

  return {
    /**
     * Does not change or keep the file. Writes a sanitized version, if needed, to
     * `sanitizedPathOf(path)`.
     * @throws OVERLOADED if too many files are waiting, WorkerError if no worker can start
     */
    async verify(file: UnverifiedFile): Promise<Verdict> {
      if (file.byteSize === 0) return rejectFile('EMPTY_FILE', 'The file is empty.');
      const { path, byteSize, originalFilename, declaredMimeType } = file;
      const sanitizedPath = sanitizedPathOf(path);
      const job = { path, sanitizedPath, byteSize, originalFilename, declaredMimeType, maxPixels };
      try {
        return verdictFromWorker.parse(await inspect(job));
      } catch (error) {
        if (isBecause(error, 'overloaded')) throw overloaded(error);
        if (!isBecause(error, 'crashed') && !isBecause(error, 'timed-out')) throw error;
        logger.warn({ err: error, path, byteSize }, 'file could not be verified');
        return rejectFile('CORRUPT_FILE', UNDECODABLE[error.reason]);
      }
    },

    /** Immediately: the promises of files that are being verified reject. */
    stop: () => pool.stop(),
  };
}
export type Verifier = ReturnType<typeof createVerifier>;

const UNDECODABLE = {
  crashed: 'The file cannot be decoded: the decoder crashed.',
  'timed-out': 'The file cannot be decoded: it took too long.',
} as const;

const overloaded = (cause: unknown) =>
  publicError('OVERLOADED', 'Too many files are being verified. Try again in a moment.', {
    cause,
  });

function isBecause<Reason extends WorkerError['reason']>(
  error: unknown,
  reason: Reason,
): error is WorkerError & { reason: Reason } {
  return error instanceof WorkerError && error.reason === reason;
}
