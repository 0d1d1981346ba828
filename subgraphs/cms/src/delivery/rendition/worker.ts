/** The process that renders renditions. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { drawPreview } from '../preview/draw-preview.ts';
import { NoPreviewError } from '../preview/no-preview-error.ts';
import { serveJobs } from '../../platform/workers/serve-jobs.ts';
import { describe, draw } from './draw.ts';
import { FORMATS } from './format.ts';

/** Less than the pool waits, so that ffmpeg ends as well. */
const PREVIEW_LIMIT_MS = 240_000;
const JPEG_FIRST_BYTE = 0xff;

const side = z.number().nullable();
const preview = z.object({
  preview: z.literal(true),
  path: z.string(),
  to: z.string(),
  mimeType: z.string(),
  durationSeconds: z.number().nullable(),
  ffmpeg: z.string().nullable(),
  maxImagePixels: z.number(),
});
const rendition = z.object({
  path: z.string(),
  to: z.string(),
  maxPixels: z.number(),
  vectorSize: z.object({ width: z.number(), height: z.number() }).nullable(),
  recipe: z.object({
    width: side,
    height: side,
    fit: z.enum(['INSIDE', 'COVER', 'CONTAIN']),
    focus: z.object({ x: z.number(), y: z.number() }),
    format: z.enum(FORMATS),
    quality: z.number().nullable(),
    background: z.string().nullable(),
  }),
});

const job = z.union([preview, rendition]);

async function renderPreview(source: z.output<typeof preview>): Promise<object> {
  try {
    await drawPreview({ ...source, signal: AbortSignal.timeout(PREVIEW_LIMIT_MS) });
  } catch (error) {
    if (error instanceof NoPreviewError) return { none: error.message };
    throw error;
  }
  const bytes = await readFile(source.to);
  return describe(bytes, bytes[0] === JPEG_FIRST_BYTE ? 'jpeg' : 'png');
}

serveJobs(async (message) => {
  const parsed = job.parse(message);
  return 'preview' in parsed ? renderPreview(parsed) : draw(parsed);
});
