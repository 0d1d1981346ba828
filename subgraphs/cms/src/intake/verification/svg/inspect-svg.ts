import { readFile, writeFile } from 'node:fs/promises';
import { countPixels, inspectDrawing } from '../image.ts';
import type { Inspector } from '../job.ts';
import { unpacked } from './source.ts';
import { Unacceptable, broken } from './unacceptable.ts';

/** Three times the time of the largest drawing that is accepted. Rendering that takes longer does not end at all. */
const DRAWING_LIMIT_MS = 5000;

type Inspected = Parameters<Inspector>[0];

/** Sanitizes an SVG and renders it. Rejects what would take a renderer too long. */
export const inspectSvg: Inspector = async (inspected) => {
  try {
    return await cleanAndDraw(await readFile(inspected.job.path), inspected);
  } catch (error) {
    if (error instanceof Unacceptable) return error.refusal;
    throw error;
  }
};

async function cleanAndDraw(
  bytes: Buffer,
  { type: { maxBytes = Infinity }, job, timeLimit }: Omit<Inspected, 'file'>,
) {
  const { maxPixels, sanitizedPath } = job;
  // Loading it takes half a second, so workers start without it.
  const { cleanSvg } = await import('./clean-svg.ts');
  timeLimit.startNow();
  const { svg, size, pixels } = await cleanSvg(unpacked(bytes, maxBytes), countPixels);
  if (pixels > maxPixels) {
    throw new Unacceptable(
      'IMAGE_TOO_LARGE',
      `The images in the SVG have ${pixels} pixels. The maximum is ${maxPixels} pixels.`,
    );
  }
  const clean = Buffer.from(svg);
  if (clean.length > maxBytes) throw broken('is too large when encoded as UTF-8');
  timeLimit.shorten(DRAWING_LIMIT_MS);
  const inspection = await inspectDrawing(clean, { size });
  if ('refused' in inspection) return inspection;
  await writeFile(sanitizedPath, clean);
  return { ...inspection, isSanitized: true } as const;
}
