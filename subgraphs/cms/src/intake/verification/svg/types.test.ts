import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { jpeg } from '../../../testing/images.ts';
import { refusal, useVerifier } from '../../../testing/verification.ts';

const { verify } = useVerifier();
const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>';

test.for<[string, string, string]>([
  ['its name', 'photo.jpg', ''],
  ['its name', 'page.html', ''],
  ['its name', 'drawing.svgz', ''],
  ['its type', 'drawing.svg', 'image/png'],
  ['its type', 'drawing', 'text/html'],
])('rejects an SVG that contradicts %s: %s %s', async ([, name, type]) => {
  expect(await verify(Buffer.from(SVG), name, type)).toEqual(refusal('TYPE_MISMATCH'));
});

test('rejects other bytes with the name of an SVG', async () => {
  for (const bytes of [await jpeg(), Buffer.from('<html></html>'), gzipSync(SVG)]) {
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

test('rejects a compressed SVG', async () => {
  expect(await verify(gzipSync(SVG), 'drawing.svgz')).toEqual(refusal('UNSUPPORTED_TYPE'));
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
