import { globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { cleanPathOf } from '../../../storage/staging.ts';
import { temporaryFolder } from '../../../testing/folder.ts';
import { useVerifier } from '../../../testing/verification.ts';

/** What librsvg is tested with: the conformance suite of SVG 1.1, icons, and whatever ever crashed it. */
const FOLDER = '/usr/libexec/installed-tests/RSVG/fixtures';
const drawings = globSync(join(FOLDER, '**/*.svg'));
const noDrawings = "no drawings here: install Debian's librsvg2-tests";

const { verifier } = useVerifier({ maxPixels: 50_000_000 });

/** Shares, for each release of the package has a few others. Too large, damaged, or with nothing to see. */
const MOST_REFUSED = 0.05;
/** Includes, cursors and pictures from elsewhere. */
const MOST_CHANGED = 0.015;

test('every drawing librsvg is tested with is taken and looks the same, or is refused', async ({
  skip,
}) => {
  if (drawings.length === 0) skip(noDrawings);
  const path = join(await temporaryFolder(), 'staged');
  const refused: string[] = [];
  const changed: string[] = [];
  for (const drawing of drawings) {
    const bytes = await readFile(drawing);
    const file = { path, originalFilename: basename(drawing), declaredMimeType: 'image/svg+xml' };
    const verify = async (drawn: Buffer) => {
      await writeFile(path, drawn);
      return verifier.verify({ ...file, byteSize: drawn.length });
    };
    const verdict = await verify(bytes);
    if ('refused' in verdict) {
      refused.push(`${basename(drawing)}: ${verdict.refused.message}`);
      continue;
    }
    const clean = await readFile(cleanPathOf(path));
    expect(await verify(clean), drawing).toEqual(verdict);
    expect((await readFile(cleanPathOf(path))).equals(clean), drawing).toBe(true);
    if (!(await pixelsOf(clean)).equals(await pixelsOf(bytes))) changed.push(basename(drawing));
  }
  expect(refused.filter((each) => /fails|too long to decode/.test(each))).toEqual([]);
  expect(refused.length / drawings.length, refused.join('\n')).toBeLessThan(MOST_REFUSED);
  expect(changed.length / drawings.length, changed.join('\n')).toBeLessThan(MOST_CHANGED);
}, 300_000);

/** None of what can't be drawn. */
const pixelsOf = (svg: Buffer): Promise<Buffer> =>
  sharp(svg, { limitInputPixels: false })
    .resize(200, 200, { fit: 'inside' })
    .raw()
    .toBuffer()
    .catch(() => Buffer.alloc(0));
