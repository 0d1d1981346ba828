import { readFile, writeFile } from 'node:fs/promises';
import { countPixels, inspectDrawing } from '../image.ts';
import type { Inspection } from '../inspection.ts';
import { parseSvg } from './document.ts';
import { limitExpansion } from './expansion.ts';
import { cutLinks } from './links.ts';
import { sizeOf } from './size.ts';
import { decodeSvg } from './source.ts';
import { Unacceptable, broken } from './unacceptable.ts';

interface Options {
  readonly maxBytes: number;
  readonly maxPixels: number;
  /** Where the sanitized SVG is written. */
  readonly sanitizedPath: string;
  /** Called before the SVG is rendered. Rendering that takes long does not end at all. */
  readonly beforeDrawing: () => void;
}

/** Sanitizes an SVG and renders it. Rejects what would take a renderer too long. */
export async function inspectSvg(path: string, options: Options): Promise<Inspection> {
  try {
    return await cleanAndDraw(await readFile(path), options);
  } catch (error) {
    if (error instanceof Unacceptable) return error.refusal;
    throw error;
  }
}

async function cleanAndDraw(
  bytes: Buffer,
  { maxBytes, maxPixels, sanitizedPath, beforeDrawing }: Options,
) {
  const root = parseSvg(decodeSvg(bytes));
  const { links, pixels } = await cutLinks(root, countPixels);
  if (pixels > maxPixels) {
    throw new Unacceptable(
      'IMAGE_TOO_LARGE',
      `The images in the SVG have ${pixels} pixels. The maximum is ${maxPixels} pixels.`,
    );
  }
  limitExpansion(root, links);
  // Loading it takes half a second, so workers start without it.
  const { purify } = await import('./purify.ts');
  const clean = Buffer.from(purify(root));
  if (clean.length > maxBytes) throw broken('is too large when encoded as UTF-8');
  beforeDrawing();
  const inspection = await inspectDrawing(clean, { size: sizeOf(root), maxPixels });
  if ('found' in inspection) await writeFile(sanitizedPath, clean);
  return inspection;
}
