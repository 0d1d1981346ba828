import sharp from 'sharp';
import { expect, test } from 'vitest';
import { png } from '../../../testing/images.ts';
import { useVerifier } from '../../../testing/verification.ts';
import { EXPORTS } from '../../../testing/drawings.ts';

const { verify, clean } = useVerifier();

test.for(Object.keys(EXPORTS))('accepts %s with its name and its type', async (tool) => {
  const bytes = Buffer.from(EXPORTS[tool]!);
  for (const [name, type] of [
    ['drawing.svg', 'image/svg+xml'],
    ['drawing.SVG', ''],
    ['', 'image/svg+xml; charset=utf-8'],
    ['drawing', 'application/octet-stream'],
  ] as const) {
    expect(await verify(bytes, name, type), `${name} ${type}`).toEqual({
      verified: {
        mediaType: 'IMAGE',
        mimeType: 'image/svg+xml',
        extension: 'svg',
        width: 240,
        height: 120,
        durationSeconds: null,
        animated: false,
        charset: null,
        credit: null,
        copyright: null,
        thumbHash: expect.any(Uint8Array),
      },
      isSanitized: true,
    });
  }
});

test.for(Object.keys(EXPORTS))('%s looks the same after sanitizing', async (tool) => {
  const source = EXPORTS[tool]!;
  const kept = await clean(source);
  expect(await drawn(kept)).toEqual(await drawn(source));
});

test.for(Object.keys(EXPORTS))('%s is not changed by a second upload', async (tool) => {
  const kept = await clean(EXPORTS[tool]!);
  expect(await clean(kept)).toBe(kept);
});

test('removes the data of the tool itself', async () => {
  const kept = await clean(EXPORTS['Inkscape']!);
  expect(kept).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  for (const word of ['inkscape:', 'sodipodi', 'rdf', 'DOCTYPE', '<!--', '<?xml']) {
    expect(kept).not.toContain(word);
  }
});

test('resolves namespace prefixes and adds a missing namespace', async () => {
  const prefixed =
    '<s:svg xmlns:s="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><s:rect width="5" height="9"/></s:svg>';
  const bare = '<svg viewBox="0 0 9 9"><rect width="5" height="9"/></svg>';
  const plain =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="5" height="9"/></svg>';
  expect(await clean(prefixed)).toBe(plain);
  expect(await clean(bare)).toBe(plain);
});

test('keeps an embedded image', async () => {
  const href = `data:image/png;base64,${(await png()).toString('base64')}`;
  const broken = href.replace(/(.{60})/g, '$1\n');
  const source = (link: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image width="9" height="9" href="${link}"/></svg>`;
  expect(await clean(source(href))).toBe(source(href));
  expect(await clean(source(broken))).toBe(source(href));
});

test.for(['utf-16le', 'utf-16be', 'latin1'])('stores text in %s as UTF-8', async (encoding) => {
  const drawing = (declaration = '') =>
    `${declaration}<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>Größe</title><rect width="9" height="9"/></svg>`;
  const bytes =
    encoding === 'latin1'
      ? Buffer.from(drawing('<?xml version="1.0" encoding="ISO-8859-1"?>'), 'latin1')
      : Buffer.from(`\uFEFF${drawing()}`, 'utf16le');
  if (encoding === 'utf-16be') bytes.swap16();
  expect(await clean(bytes)).toBe(drawing());
});

test('keeps animations without external references', async () => {
  const source = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"><animate attributeName="x" from="0" to="9" dur="1s" repeatCount="indefinite" calcMode="discrete"/><animateTransform attributeName="transform" type="rotate" values="0 4 4;360 4 4" dur="1s"/></rect></svg>`;
  expect(await clean(source)).toBe(source);
});

test('keeps ids that have a meaning in pages', async () => {
  const source = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><linearGradient id="images"><stop stop-color="red"/></linearGradient><rect id="title" fill="url(#images)" width="9" height="9"/></svg>`;
  expect(await clean(source)).toBe(source);
});

const drawn = (svg: string) => sharp(Buffer.from(svg)).raw().toBuffer();
