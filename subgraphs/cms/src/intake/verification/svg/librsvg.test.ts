import { globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { seededRandom } from '@federated-media/stack/testing/seeded-random';
import { expect, inject, test } from 'vitest';
import { sanitizedPathOf } from '../../../storage/staging.ts';
import { temporaryFolder } from '../../../testing/folder.ts';
import { useVerifier } from '../../../testing/verification.ts';

/**
 * The drawings that librsvg is tested with: the conformance suite of SVG 1.1, icons, and files that
 * crashed it.
 */
const FOLDER = '/usr/libexec/installed-tests/RSVG/fixtures';
const { seed, isThorough } = inject('random');
const SAMPLE = 250;
const drawings = sampleOf(globSync(join(FOLDER, '**/*.svg')).toSorted());
const noDrawings = 'no drawings: install Debian’s librsvg2-tests';

const { verifier } = useVerifier({ maxPixels: 50_000_000 });

/**
 * Fractions, because releases of the package differ in a few files, and more for a sample. Rejected are those
 * that are too large, damaged or empty: 32 of 848.
 */
const MAX_REJECTED = isThorough ? 0.05 : 0.12;
/** Changed are those with includes, cursors and external images. */
const MAX_CHANGED = isThorough ? 0.015 : 0.06;

test('accepts drawings of the librsvg tests unchanged in appearance, or rejects it', async ({
  skip,
}) => {
  if (drawings.length === 0) skip(noDrawings);
  const path = join(await temporaryFolder(), 'staged');
  const refused: string[] = [];
  const changed: string[] = [];
  for (const drawing of drawings) {
    const bytes = await readFile(drawing);
    const originalFilename = basename(drawing);
    const file = { storeId: 'ours', path, originalFilename, declaredMimeType: 'image/svg+xml' };
    const verify = async (drawn: Buffer) => {
      await writeFile(path, drawn);
      return verifier.verify({ ...file, byteSize: drawn.length });
    };
    const verdict = await verify(bytes);
    if ('refused' in verdict) {
      refused.push(`${basename(drawing)}: ${verdict.refused.message}`);
      continue;
    }
    const clean = await readFile(sanitizedPathOf(path));
    expect(await verify(clean), drawing).toEqual(verdict);
    expect((await readFile(sanitizedPathOf(path))).equals(clean), drawing).toBe(true);
    if (!(await pixelsOf(clean)).equals(await pixelsOf(bytes))) changed.push(basename(drawing));
  }
  expect(refused.filter((each) => /fails|too long to decode/.test(each))).toEqual([]);
  expect(refused.length / drawings.length, refused.join('\n')).toBeLessThan(MAX_REJECTED);
  expect(changed.length / drawings.length, changed.join('\n')).toBeLessThan(MAX_CHANGED);
}, 300_000);

/** All of them in a thorough run. */
function sampleOf(files: readonly string[]): readonly string[] {
  const random = seededRandom(seed);
  const shuffled = files
    .map((file) => ({ file, position: random() }))
    .toSorted((a, b) => a.position - b.position);
  return shuffled.slice(0, isThorough ? Infinity : SAMPLE).map(({ file }) => file);
}

/** Null for drawings that cannot be rendered. */
const pixelsOf = (svg: Buffer): Promise<Buffer> =>
  sharp(svg, { limitInputPixels: false })
    .resize(200, 200, { fit: 'inside' })
    .raw()
    .toBuffer()
    .catch(() => Buffer.alloc(0));
