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
  /** Where the SVG is written as it may be kept. */
  readonly cleanPath: string;
  /** To be told before it is drawn: what takes long from there on takes forever. */
  readonly beforeDrawing: () => void;
}

/** Cleans an SVG and draws what is left. What takes a renderer too long is refused before. */
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
  { maxBytes, maxPixels, cleanPath, beforeDrawing }: Options,
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
  // It takes half a second to load: workers start without it.
  const { purify } = await import('./purify.ts');
  const clean = Buffer.from(purify(root));
  if (clean.length > maxBytes) throw broken('is too large when encoded as UTF-8');
  beforeDrawing();
  const inspection = await inspectDrawing(clean, { size: sizeOf(root), maxPixels });
  if ('found' in inspection) await writeFile(cleanPath, clean);
  return inspection;
}
