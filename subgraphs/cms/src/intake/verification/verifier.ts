import { availableParallelism } from 'node:os';
import { publicError } from '@federated-media/subgraph-kit/errors';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { sanitizedPathOf } from '../../storage/staging.ts';
import { asStorageError } from '../../storage/storage-full.ts';
import { decodingMemory } from '../../platform/image/decoding-memory.ts';
import type { Acceptance } from '../../files/file-types/acceptance.ts';
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
  readonly storeId: string;
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
const CPU_LIMIT_MS = 10_000;
/** Of a disk that does not respond, or of a machine on which a worker gets a sixth of a processor. */
const WAIT_LIMIT_MS = 60_000;
/** While one store uploads as fast as it can, requests of others get nine times the share of a processor, renditions three. */
const NICENESS = 10;
/** For stores that wait while another one floods. */
const SPARE_NICENESS = 0;

/**
 * Determines the type and properties of bytes, or why they are rejected, from the bytes alone.
 * Inspects them in processes that can crash, hang and be killed: only the file that they were
 * inspecting is rejected.
 *
 * @param maxPixels the maximum of an image, or of one frame of an animation, checked before decoding
 * @param cpuLimitMs the CPU time for one file
 * @param waitLimitMs the time for one file, from when a worker starts with it. A file that exceeds it
 *   is not rejected: the error is retryable
 */
export function createVerifier({
  maxPixels,
  acceptance,
  workers = Math.min(MAX_WORKERS, availableParallelism()),
  cpuLimitMs = CPU_LIMIT_MS,
  waitLimitMs = WAIT_LIMIT_MS,
  logger,
  openPool = createWorkerPool,
}: {
  maxPixels: number;
  acceptance: Acceptance;
  workers?: number;
  cpuLimitMs?: number;
  waitLimitMs?: number;
  logger: Logger;
  openPool?: (options: PoolOptions) => WorkerPool;
}) {
  const pool = openPool({
    module: new URL('worker.ts', import.meta.url),
    workers,
    warmWorkers: 1,
    cpuLimitMs,
    waitLimitMs,
    maxQueued: MAX_WAITING,
    maxMemoryBytes: BASE_MEMORY_BYTES + decodingMemory(maxPixels),
    niceness: NICENESS,
    spareNiceness: SPARE_NICENESS,
    logger,
  });

  /**
   * Tries once more before the file is blamed: the worker may have been killed for another reason, or
   * slowed down by its neighbours on the machine.
   */
  async function inspect(
    job: object,
    { storeId, signal }: { storeId: string; signal: AbortSignal | undefined },
  ): Promise<unknown> {
    const options = { storeId, ...(signal && { signal }), killedOnAbort: true };
    try {
      return await pool.run(job, options);
    } catch (error) {
      const mayBeChance = error instanceof WorkerError && RETRIED.has(error.reason);
      if (!mayBeChance) throw error;
      return pool.run(job, options);
    }
  }

  return {
    /**
     * Does not change or keep the file. Writes a sanitized version, if needed, to
     * `sanitizedPathOf(path)`.
     * @param signal stops the work, so that its worker does not use the file any more
     * @throws OVERLOADED if a retry may succeed: too many files of the store are waiting, no worker can start, or
     *   the disk does not respond
     * @throws StorageFullError
     * @throws the signal's reason
     */
    async verify(
      file: UnverifiedFile,
      { signal }: { signal?: AbortSignal } = {},
    ): Promise<Verdict> {
      if (file.byteSize === 0) return rejectFile('EMPTY_FILE', 'The file is empty.');
      const { storeId, path, byteSize, originalFilename, declaredMimeType } = file;
      const sanitizedPath = sanitizedPathOf(path);
      const { extensions: accepted, acceptsMacros } = acceptance;
      const claims = { originalFilename, declaredMimeType };
      const job = { path, sanitizedPath, byteSize, ...claims, maxPixels, accepted, acceptsMacros };
      try {
        return verdictFromWorker.parse(await inspect(job, { storeId, signal }));
      } catch (error) {
        if (isBecause(error, 'unavailable') || isBecause(error, 'killed')) throw overloaded(error);
        if (!isBecause(error, 'crashed') && !isBecause(error, 'timed-out'))
          throw asStorageError(error);
        logger.warn({ err: error, path, byteSize }, 'file could not be verified');
        return rejectFile('CORRUPT_FILE', UNDECODABLE[error.reason]);
      }
    },

    /** Immediately: the promises of files that are being verified reject. */
    stop: () => pool.stop(),
  };
}
export type Verifier = ReturnType<typeof createVerifier>;

const RETRIED: ReadonlySet<WorkerError['reason']> = new Set(['crashed', 'killed', 'timed-out']);

const UNDECODABLE = {
  crashed: 'The file cannot be decoded: the decoder crashed.',
  'timed-out': 'The file cannot be decoded: it took too long.',
} as const;

const overloaded = (cause: unknown) =>
  publicError('OVERLOADED', 'The file cannot be verified at the moment. Try again.', { cause });

function isBecause<Reason extends WorkerError['reason']>(
  error: unknown,
  reason: Reason,
): error is WorkerError & { reason: Reason } {
  return error instanceof WorkerError && error.reason === reason;
}
