import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import sharp from 'sharp';
import { afterAll, expect } from 'vitest';
import type { Size } from '../delivery/rendition/geometry.ts';
import type { SettledRecipe } from '../delivery/rendition/recipe.ts';
import { createRenderer } from '../delivery/rendition/renderer.ts';
import { temporaryFolder } from './folder.ts';

const RECIPE: SettledRecipe = {
  width: 40,
  height: null,
  fit: 'INSIDE',
  focus: { x: 500, y: 500 },
  format: 'png',
  quality: null,
  background: null,
};

/**
 * Renders in a separate process, as in production: the process of the tests loads more of libvips.
 */
export function useRenderer() {
  const logger = pino({ level: 'silent' });
  const renderer = createRenderer({ maxPixels: 1_000_000, ffmpeg: null, workers: 1, logger });
  afterAll(() => renderer.stop());

  return {
    async render(
      bytes: Buffer,
      changes: Partial<SettledRecipe> = {},
      vectorSize: Size | null = null,
    ): Promise<Buffer> {
      const folder = await temporaryFolder();
      const [path, to] = [join(folder, 'picture'), join(folder, 'rendition')];
      await writeFile(path, bytes);
      const recipe = { ...RECIPE, ...changes };
      const { byteSize } = await renderer.draw(
        { path, to, recipe, vectorSize },
        { storeId: 'ours', signal: new AbortController().signal },
      );
      const rendition = await readFile(to);
      expect(rendition).toHaveLength(byteSize);
      return rendition;
    },
  };
}

/** The colour at a position given as fractions of the size. */
export async function colourAt(
  bytes: Buffer,
  x: number,
  y: number,
  options = {},
): Promise<number[]> {
  const { data, info } = await sharp(bytes, options).raw().toBuffer({ resolveWithObject: true });
  const column = Math.min(info.width - 1, Math.floor(x * info.width));
  const row = Math.min(info.height - 1, Math.floor(y * info.height));
  const at = (row * info.width + column) * info.channels;
  return [...data.subarray(at, at + info.channels)];
}

export const near = (colour: number[], wanted: number[]): boolean =>
  colour.every((value, index) => Math.abs(value - (wanted[index] ?? 255)) < 30);
