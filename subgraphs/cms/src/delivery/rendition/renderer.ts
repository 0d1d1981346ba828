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
import type { Drawing, RenderedFile } from './draw.ts';
import { RenditionError } from './rendition-error.ts';

/** What Node, libvips and its coders need at most, beside the pixels. */
const BASE_MEMORY_BYTES = 768 * 2 ** 20;
const MAX_WAITING = 200;
/** A scan of 50 megapixels takes 13 s where others want the processor, too. */
const TIME_LIMIT_MS = 40_000;
/** Requests that need no picture drawn go first. */
const NICENESS = 19;

const outcome = z.union([
  z.object({ none: z.string() }),
  z.object({ byteSize: z.int().positive(), checksum: z.string().regex(/^[0-9a-f]{64}$/) }),
]);

/** A PDF or a video, and where the picture that stands for it goes. */
export interface Source {
  readonly path: string;
  readonly to: string;
  readonly mimeType: string;
  readonly durationSeconds: number | null;
}

/**
 * Makes renditions in processes that can crash, hang and be killed without harm: only what they were
 * making fails.
 * @param workers as many as there are processors, for each keeps one busy
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
  /** Its absolute path; null: there is none, and no videos are shown. */
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
     * A rendition of a picture. Aborting helps while it waits for its turn.
     * @throws RenditionError
     */
    draw: (job: Omit<Drawing, 'maxPixels'>, signal: AbortSignal): Promise<RenderedFile> =>
      run({ ...job, maxPixels }, signal),

    /**
     * A PNG that stands for what is no picture. Aborting helps while it waits for its turn.
     * @throws RenditionError
     */
    drawPreview: (source: Source, signal: AbortSignal): Promise<RenderedFile> =>
      run({ ...source, preview: true, ffmpeg, maxImagePixels: maxPixels }, signal),

    /** Whether a picture could be made of files of this type. */
    canShow: (mimeType: string): boolean =>
      mimeType === 'application/pdf' || (ffmpeg !== null && mimeType.startsWith('video/')),

    /** At once: what is being made is given up. */
    stop: () => pool.stop(),
  };
}
export type Renderer = ReturnType<typeof createRenderer>;
