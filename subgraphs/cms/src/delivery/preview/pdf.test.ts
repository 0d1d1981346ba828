import { readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { pdf, stream } from '../../testing/documents.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { NoPreviewError } from './no-preview-error.ts';
import { drawFirstPage } from './pdf.ts';

const WHITE = [255, 255, 255];
const RED = [255, 0, 0];
const BLUE = [0, 0, 255];

/** 300 × 200 points: the left half is red, the right half blue. */
const twoHalves = {
  mediaBox: [0, 0, 300, 200],
  content: '1 0 0 rg 0 0 150 200 re f 0 0 1 rg 150 0 150 200 re f',
};
const recursiveForm = stream(
  '/Form Do',
  '/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources 6 0 R',
);
const encryption = `/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <${'11'.repeat(32)}> /U <${'22'.repeat(32)}> >> /ID [<33> <33>]`;

/** The preview of a PDF. Positions are between 0 and 1, from the top left. */
async function drawn(bytes: Buffer, maxSide?: number) {
  const folder = await temporaryFolder();
  const file = { path: join(folder, 'in'), to: join(folder, 'out.png') };
  await writeFile(file.path, bytes);
  await drawFirstPage(maxSide === undefined ? file : { ...file, maxSide });

  const { data, info } = await sharp(file.to)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return {
    size: [width, height],
    pixels: data,
    at(x: number, y: number) {
      const start = (Math.floor(y * height) * width + Math.floor(x * width)) * 3;
      return [...data.subarray(start, start + 3)];
    },
  };
}

function inkedRows({ pixels, size }: { pixels: Buffer; size: readonly number[] }): number {
  const [width = 0, height = 0] = size;
  const rows = Array.from({ length: height }, (_none, y) =>
    pixels.subarray(y * width * 3, (y + 1) * width * 3),
  );
  return rows.filter((row) => row.some((value) => value < 128)).length;
}

test('the longest side has 2048 pixels by default', async () => {
  expect((await drawn(pdf(twoHalves))).size).toEqual([2048, 1365]);
  expect((await drawn(pdf(twoHalves), 90)).size).toEqual([90, 60]);
});

test('renders everything in its position', async () => {
  const { at } = await drawn(pdf(twoHalves), 300);
  expect([at(0.25, 0.5), at(0.75, 0.5)]).toEqual([RED, BLUE]);
});

test('rotates a page as PDF viewers do', async () => {
  const { size, at } = await drawn(pdf({ ...twoHalves, entries: '/Rotate 90' }), 300);
  expect(size).toEqual([200, 300]);
  expect([at(0.5, 0.25), at(0.5, 0.75)]).toEqual([RED, BLUE]);
});

test('renders only the crop box', async () => {
  const cropped = { ...twoHalves, entries: '/CropBox [150 0 300 200]' };
  const { size, at } = await drawn(pdf(cropped), 200);
  expect(size).toEqual([150, 200]);
  expect(at(0.1, 0.5)).toEqual(BLUE);
});

test('renders an empty page white', async () => {
  const { pixels } = await drawn(pdf(), 50);
  expect(new Set(pixels)).toEqual(new Set([255]));
});

test('uses standard fonts from the package', async () => {
  const font = '<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>';
  const entries = `/Resources << /Font << /F ${font} >> >>`;
  const page = await drawn(pdf({ entries, content: 'BT /F 150 Tf 50 40 Td (H) Tj ET' }), 200);
  // Capitals of Courier are low: 0.57 of the font size, where other fonts have 0.7.
  expect(inkedRows(page)).toBeGreaterThan(75);
  expect(inkedRows(page)).toBeLessThan(95);
});

test('understands the encodings of East Asian fonts', async () => {
  const font = `<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /UniJIS-UCS2-H
    /DescendantFonts [5 0 R] >>`;
  const entries = `/Resources << /Font << /F ${font} >> >>`;
  const descendant = `<< /Type /Font /Subtype /CIDFontType0 /BaseFont /X /DW 1000
    /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> >>`;
  const content = 'BT /F 150 Tf 20 40 Td <00480048> Tj ET';
  expect(
    inkedRows(await drawn(pdf({ entries, content, objects: [descendant] }), 200)),
  ).toBeGreaterThan(75);
});

test.for([
  ['with the maximum size', [0, 0, 14_400_000, 14_400_000], '', [100, 100]],
  ['without an area', [0, 0, 0, 0], '', [77, 100]],
  ['of one unit width', [0, 0, 1, 14_400], '', [1, 100]],
  ['with its own unit', [0, 0, 300, 200], '/UserUnit 1000', [100, 67]],
] as const)('renders a page %s in as few pixels as others', async ([, mediaBox, entries, size]) => {
  expect((await drawn(pdf({ mediaBox, entries }), 100)).size).toEqual(size);
});

test('stops rendering a form that contains itself', async () => {
  const objects = [recursiveForm, '<< /XObject << /Form 5 0 R >> >>'];
  const { at } = await drawn(pdf({ ...twoHalves, entries: '/Resources 6 0 R', objects }), 100);
  expect(at(0.25, 0.5)).toEqual(RED);
});

test('leaves out an image of a billion pixels', async () => {
  const image = stream(
    '',
    '/Type /XObject /Subtype /Image /Width 40000 /Height 40000 /ColorSpace /DeviceGray /BitsPerComponent 8',
  );
  const entries = '/Resources << /XObject << /Image 5 0 R >> >>';
  const content = 'q 200 0 0 200 0 0 cm /Image Do Q';
  const { at } = await drawn(pdf({ entries, content, objects: [image] }), 100);
  expect(at(0.5, 0.5)).toEqual(WHITE);
});

test.for([
  ['nothing', Buffer.alloc(0)],
  ['no PDF', Buffer.from('%PDF-1.4\nnothing else')],
  ['locked', pdf({ trailer: encryption })],
  [
    'measured in a unit that is too large for a number',
    pdf({ entries: `/UserUnit 1${'0'.repeat(307)}` }),
  ],
] as const)('a file that is %s has no preview and leaves no output', async ([, bytes]) => {
  const folder = await temporaryFolder();
  const path = join(folder, 'in');
  await writeFile(path, bytes);
  await expect(drawFirstPage({ path, to: join(folder, 'out.png') })).rejects.toThrow(
    NoPreviewError,
  );
  expect(await readdir(folder)).toEqual(['in']);
});

test('does not read a file that is too large for memory', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'in');
  await writeFile(path, pdf());
  await truncate(path, 200 * 2 ** 20 + 1);
  const drawing = drawFirstPage({ path, to: join(folder, 'out.png') });
  await expect(drawing).rejects.toThrow(
    'The PDF has 209715201 bytes, which is too large for a preview.',
  );
});

test('a missing file is not reported as an invalid PDF', async () => {
  const folder = await temporaryFolder();
  const drawing = drawFirstPage({ path: join(folder, 'none'), to: join(folder, 'out.png') });
  await expect(drawing).rejects.toMatchObject({ code: 'ENOENT' });
});
