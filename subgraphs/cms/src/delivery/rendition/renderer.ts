import { availableParallelism } from 'node:os';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { z } from 'zod';
import { decodingMemory } from '../../platform/image/decoding-memory.ts';
import {
  type PoolOptions,
  WorkerError,
  type WorkerPool,
  createWorkerPool,
} from '../../platform/workers/worker-pool.ts';
import type { DrawJob, RenderedFile } from './draw.ts';
import { RenditionError } from './rendition-error.ts';

/** The maximum memory of Node, libvips and its codecs, in addition to the pixels. */
const BASE_MEMORY_BYTES = 768 * 2 ** 20;
const MAX_WAITING = 200;
/** A scan of 50 megapixels takes 13 s on a busy machine. */
const TIME_LIMIT_MS = 40_000;
/** Requests that need no rendering go first. */
const NICENESS = 19;

const outcome = z.union([
  z.object({ none: z.string() }),
  z.object({ byteSize: z.int().positive(), checksum: z.string().regex(/^[0-9a-f]{64}$/) }),
]);

/** A PDF or a video, and where its preview image is written. */
export interface Source {
  readonly path: string;
  readonly to: string;
  readonly mimeType: string;
  readonly durationSeconds: number | null;
}

/**
 * Renders in processes that can crash, hang and be killed. Only the rendition that they were
 * rendering fails.
 * @param workers defaults to the number of processors, because each worker keeps one busy
 */
export function createRenderer({
  maxPixels,
  ffmpeg,
  workers = availableParallelism(),
  timeLimitMs = TIME_LIMIT_MS,
  maxWaiting = MAX_WAITING,
  logger,
  openPool = createWorkerPool,
}: {
  maxPixels: number;
  /** The absolute path; null if ffmpeg is not installed and videos have no previews. */
  ffmpeg: string | null;
  workers?: number;
  timeLimitMs?: number;
  maxWaiting?: number;
  logger: Logger;
  openPool?: (options: PoolOptions) => WorkerPool;
}) {
  const pool = openPool({
    module: new URL('worker.ts', import.meta.url),
    workers,
    warmWorkers: 0,
    jobTimeLimitMs: timeLimitMs,
    maxQueued: maxWaiting,
    maxMemoryBytes: BASE_MEMORY_BYTES + decodingMemory(maxPixels),
    niceness: NICENESS,
    logger,
  });

  async function run(job: object, signal: AbortSignal): Promise<RenderedFile> {
    try {
      const drawn = outcome.parse(await pool.run(job, { signal }));
      if ('none' in drawn) throw new RenditionError('none', { cause: new Error(drawn.none) });
      return drawn;
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      const reason = error.reason === 'overloaded' ? 'overloaded' : 'failed';
      if (reason === 'failed') logger.warn({ err: error }, 'image could not be rendered');
      throw new RenditionError(reason, { cause: error });
    }
  }

  return {
    /**
     * Renders an image. Aborting has an effect only while the job waits in the queue.
     * @throws RenditionError
     */
    draw: (job: Omit<DrawJob, 'maxPixels'>, signal: AbortSignal): Promise<RenderedFile> =>
      run({ ...job, maxPixels }, signal),

    /**
     * Renders a PNG that represents another type of file. Aborting has an effect only while the job
     * waits in the queue.
     * @throws RenditionError
     */
    drawPreview: (source: Source, signal: AbortSignal): Promise<RenderedFile> =>
      run({ ...source, preview: true, ffmpeg, maxImagePixels: maxPixels }, signal),

    /** Whether files of this type have a preview image. */
    canShow: (mimeType: string): boolean =>
      mimeType === 'application/pdf' || (ffmpeg !== null && mimeType.startsWith('video/')),

    /** Aborts running jobs immediately. */
    stop: () => pool.stop(),
  };
}
export type Renderer = ReturnType<typeof createRenderer>;
