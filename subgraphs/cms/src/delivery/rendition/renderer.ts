import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { z } from 'zod';
import { findType } from '../../files/file-types/file-types.ts';
import { decodingMemory } from '../../platform/image/decoding-memory.ts';
import {
  type PoolOptions,
  type RunOptions,
  WorkerError,
  type WorkerPool,
  createWorkerPool,
} from '../../platform/workers/worker-pool.ts';
import type { DrawJob, RenderedFile } from './draw.ts';
import { FORMATS } from './format.ts';
import { RenditionError } from './rendition-error.ts';

/** The maximum memory of Node, libvips and its codecs, in addition to the pixels. */
const BASE_MEMORY_BYTES = 768 * 2 ** 20;
const MAX_WAITING = 200;
/** A scan of 50 megapixels takes 13 s. */
const CPU_LIMIT_MS = 40_000;
/** Of drawings, whose cost was limited when they were verified: emoji with filters take 12 s at 4096 × 4096 pixels. */
const DRAWING_LIMIT_MS = 20_000;
/** Of the first page of a PDF. */
const PAGE_LIMIT_MS = 15_000;
/** Of a disk that does not respond, or of a machine that is busy with more urgent work. */
const WAIT_LIMIT_MS = 300_000;
/** Requests that need no rendering get three times the share of a processor. */
const NICENESS = 5;
/** For stores that wait while another one floods. */
const SPARE_NICENESS = 2;

const outcome = z.union([
  z.object({ none: z.string() }),
  z.object({
    format: z.enum(FORMATS),
    byteSize: z.int().positive(),
    checksum: z.string().regex(/^[0-9a-f]{64}$/),
  }),
]);

/** Who gets the rendition. */
export interface Asked {
  readonly storeId: string;
  /** Has an effect only while the job waits in the queue. */
  readonly signal: AbortSignal;
}

/** A file that the image library does not read, and where the image is written that represents it. */
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
  cpuLimitMs = CPU_LIMIT_MS,
  waitLimitMs = WAIT_LIMIT_MS,
  maxWaiting = MAX_WAITING,
  logger,
  openPool = createWorkerPool,
}: {
  maxPixels: number;
  /** The absolute path; null if ffmpeg is not installed and videos have no previews. */
  ffmpeg: string | null;
  workers?: number;
  cpuLimitMs?: number;
  waitLimitMs?: number;
  maxWaiting?: number;
  logger: Logger;
  openPool?: (options: PoolOptions) => WorkerPool;
}) {
  const pool = openPool({
    module: new URL('worker.ts', import.meta.url),
    workers,
    warmWorkers: 0,
    cpuLimitMs,
    waitLimitMs,
    maxQueued: maxWaiting,
    maxMemoryBytes: BASE_MEMORY_BYTES + decodingMemory(maxPixels),
    niceness: NICENESS,
    spareNiceness: SPARE_NICENESS,
    logger,
  });

  /** Tries once more after the kernel has killed the worker: another process may have used up the memory. */
  async function runTwice(job: { readonly to: string }, options: RunOptions): Promise<unknown> {
    try {
      return await pool.run(job, options);
    } catch (error) {
      if (!(error instanceof WorkerError) || error.reason !== 'killed') throw error;
      await rm(job.to, { force: true });
      return pool.run(job, options);
    }
  }

  async function run(job: { readonly to: string }, options: RunOptions): Promise<RenderedFile> {
    try {
      const drawn = outcome.parse(await runTwice(job, options));
      if ('none' in drawn) throw new RenditionError('none', { cause: new Error(drawn.none) });
      return drawn;
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      if (error.reason !== 'unavailable')
        logger.warn({ err: error }, 'image could not be rendered');
      const isFault = error.code === undefined && FAULTS_OF_FILE.has(error.reason);
      throw new RenditionError(isFault ? 'failed' : 'overloaded', { cause: error });
    }
  }

  return {
    /** Renders an image. @throws RenditionError */
    draw(job: Omit<DrawJob, 'maxPixels'>, asked: Asked): Promise<RenderedFile> {
      const isDrawing = job.vectorSize !== null;
      const limit = isDrawing ? Math.min(cpuLimitMs, DRAWING_LIMIT_MS) : cpuLimitMs;
      const whole: DrawJob = { ...job, maxPixels };
      return run(whole, { ...asked, cpuLimitMs: limit });
    },

    /** Renders a PNG or JPEG that represents another type of file. @throws RenditionError */
    drawPreview(source: Source, asked: Asked): Promise<RenderedFile> {
      const isPage = findType(source.mimeType)?.shownAs === 'page';
      const limit = isPage ? Math.min(cpuLimitMs, PAGE_LIMIT_MS) : cpuLimitMs;
      const job = { ...source, preview: true, ffmpeg, maxImagePixels: maxPixels };
      return run(job, { ...asked, cpuLimitMs: limit });
    },

    /** Whether files of this type, which are not images, have a preview image. */
    canShow(mimeType: string): boolean {
      const shownAs = findType(mimeType)?.shownAs;
      return shownAs === 'page' || (shownAs === 'frame' && ffmpeg !== null);
    },

    /** Aborts running jobs immediately. */
    stop: () => pool.stop(),
  };
}
export type Renderer = ReturnType<typeof createRenderer>;

/** Unless the system refused the worker something, such as space on the disk. */
const FAULTS_OF_FILE: ReadonlySet<WorkerError['reason']> = new Set([
  'crashed',
  'timed-out',
  'broken',
]);
