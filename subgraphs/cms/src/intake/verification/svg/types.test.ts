import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { jpeg } from '../../../testing/images.ts';
import { refusal, useVerifier } from '../../../testing/verification.ts';

const { verify, clean } = useVerifier();
const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>';

test.for<[string, string, string]>([
  ['its name', 'photo.jpg', ''],
  ['its name', 'page.html', ''],
  ['its type', 'drawing.svg', 'image/png'],
  ['its type', 'drawing', 'text/html'],
])('rejects an SVG that contradicts %s: %s %s', async ([, name, type]) => {
  expect(await verify(Buffer.from(SVG), name, type)).toEqual(refusal('TYPE_MISMATCH'));
});

test('rejects other bytes with the name of an SVG', async () => {
  for (const bytes of [await jpeg(), Buffer.from('<html></html>'), gzipSync('<html></html>')]) {
    expect(await verify(bytes, 'drawing.svg')).toEqual(refusal('TYPE_MISMATCH'));
    expect(await verify(bytes, '', 'image/svg+xml')).toEqual(refusal('TYPE_MISMATCH'));
  }
});

test.for([
  '<!DOCTYPE html><html><body></body></html>',
  `<!DOCTYPE html>${SVG}`,
  `<html xmlns="http://www.w3.org/1999/xhtml"><body>${SVG}</body></html>`,
  '<?xml version="1.0"?><note>svg</note>',
  `<note>${SVG}</note>`,
  '<svg xmlns="http://example.org/"/>',
  '<s:svg xmlns:s="http://www.w3.org/1999/xhtml"/>',
  '<svgs xmlns="http://www.w3.org/2000/svg"/>',
  '<!-- <svg> --><p>',
])('%s is not an SVG', async (text) => {
  expect(await verify(Buffer.from(text))).toEqual(refusal('UNSUPPORTED_TYPE'));
});

test.for([
  ['drawing.svgz', 'image/svg+xml'],
  ['drawing.svgz', 'image/svg+xml-compressed'],
  ['drawing.svgz', 'application/gzip'],
  ['drawing.svgz', ''],
  ['drawing.svg', ''],
  ['', ''],
] as const)('accepts a compressed SVG as %j of type %j', async ([name, type]) => {
  const verdict = await verify(gzipSync(SVG), name, type);
  expect(verdict).toMatchObject({
    verified: { mimeType: 'image/svg+xml', extension: 'svg', width: 9, height: 9 },
    isSanitized: true,
  });
});

test('stores a compressed SVG uncompressed', async () => {
  expect(await clean(gzipSync(SVG))).toBe(SVG);
});

test('accepts an SVG that is not compressed with the name of one that is', async () => {
  expect(await verify(Buffer.from(SVG), 'drawing.svgz')).toHaveProperty('verified');
});

test('rejects a damaged or doubly compressed SVG', async () => {
  const packed = gzipSync(SVG);
  const changed = Buffer.from(packed);
  changed[changed.length - 6]! ^= 0xff;
  for (const bytes of [packed.subarray(0, -5), changed]) {
    expect(await verify(bytes, 'drawing.svgz')).toEqual(refusal('CORRUPT_FILE'));
  }
  expect(await verify(gzipSync(packed), 'drawing.svgz')).toEqual(refusal('TYPE_MISMATCH'));
  expect(await verify(gzipSync(packed), '', 'application/gzip')).toEqual(
    refusal('UNSUPPORTED_TYPE'),
  );
});

test.for([
  '<svg',
  '<svg xmlns="http://www.w3.org/2000/svg">',
  '<svg xmlns="http://www.w3.org/2000/svg"><g></svg>',
  '<svg xmlns="http://www.w3.org/2000/svg" onload=alert(1)></svg>',
  '<svg xmlns="http://www.w3.org/2000/svg"><use xlink:href="#a"/></svg>',
  '<svg xmlns="http://www.w3.org/2000/svg">&nbsp;</svg>',
  '<svg xmlns="http://www.w3.org/2000/svg">\0</svg>',
  `${SVG}<p>`,
  '<?xml version="1.0" encoding="klingon"?><svg xmlns="http://www.w3.org/2000/svg"/>',
  '<?xml version="1.1"?><svg xmlns="http://www.w3.org/2000/svg"><title>&#1;</title></svg>',
  '<svg xmlns="http://www.w3.org/2000/svg"/>',
])('rejects %s as a damaged SVG', async (text) => {
  expect(await verify(Buffer.from(text), 'drawing.svg')).toEqual(refusal('CORRUPT_FILE'));
});

test('rejects bytes that are not UTF-8 unless they declare their encoding', async () => {
  const bytes = Buffer.from(SVG.replace('<rect', '<title>\xe9</title><rect'), 'latin1');
  expect(await verify(bytes)).toEqual(refusal('CORRUPT_FILE'));
});
