import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningCms, runCms } from '../../files/media-file/testing/running-cms.ts';

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

const XMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" photoshop:Credit="XMP credit">
    <dc:rights><rdf:Alt><rdf:li xml:lang="x-default">XMP rights</rdf:li></rdf:Alt></dc:rights>
  </rdf:Description></rdf:RDF></x:xmpmeta>`;

const draw = () =>
  sharp({
    create: {
      width: 16,
      height: 16,
      channels: 3,
      background: { r: Math.floor(Math.random() * 256), g: 0, b: 0 },
    },
  });

/** One record of IPTC (IIM 4.2, chapter 3). */
const record = (dataset: number, text: string, number = 2) =>
  Buffer.concat([
    Buffer.from([0x1c, number, dataset, 0, Buffer.byteLength(text)]),
    Buffer.from(text),
  ]);
const UTF8 = record(90, '\u001b%G', 1);

/** `jpeg` with IPTC in an APP13 segment. */
function withIptc(jpeg: Buffer, ...records: Buffer[]): Buffer {
  const data = Buffer.concat([UTF8, ...records]);
  const head = Buffer.from([0xff, 0xed, 0, 0]);
  const resource = Buffer.concat([
    Buffer.from('Photoshop 3.0\u00008BIM'),
    Buffer.from([0x04, 0x04, 0, 0, 0, 0, data.length >> 8, data.length & 255]),
    data,
    Buffer.alloc(data.length % 2),
  ]);
  head.writeUInt16BE(resource.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, resource, jpeg.subarray(2)]);
}

async function creditsOf(bytes: Buffer, details = {}, format = 'jpeg') {
  const { mediaFile, userErrors } = await cms.upload(new Uint8Array(bytes), {
    input: { details },
    name: `image.${format}`,
    type: `image/${format}`,
  });
  expect(userErrors).toEqual([]);
  const query = `{ mediaFile(id: "${mediaFile.id}") { credit copyright createdBy } }`;
  const { data } = await cms.graphql(query);
  return data!['mediaFile'];
}

test('credit and copyright come from IPTC before XMP before Exif', async () => {
  const exif = { IFD0: { Artist: 'Exif artist', Copyright: 'Exif rights' } };
  const withExif = await draw().withExif(exif).jpeg().toBuffer();
  expect(await creditsOf(withExif)).toMatchObject({
    credit: 'Exif artist',
    copyright: 'Exif rights',
  });
  const withXmp = await draw().withExif(exif).withXmp(XMP).jpeg().toBuffer();
  expect(await creditsOf(withXmp)).toMatchObject({
    credit: 'XMP credit',
    copyright: 'XMP rights',
  });
  const withAll = withIptc(withXmp, record(110, 'Crédit'), record(116, '©\u200b IPTC\n'));
  expect(await creditsOf(withAll)).toMatchObject({ credit: 'Crédit', copyright: '©\u200b IPTC' });
});

test('IPTC is read from a JPEG without Exif, the first of several names', async () => {
  const plain = await draw().jpeg().toBuffer();
  const bytes = withIptc(plain, record(80, 'Ada'), record(80, 'Ben'));
  expect(await creditsOf(bytes)).toMatchObject({ credit: 'Ada', copyright: null });
});

test.each(['png', 'webp', 'avif'] as const)('%s files name people, too', async (format) => {
  const bytes = await draw().withXmp(XMP).toFormat(format).toBuffer();
  expect(await creditsOf(bytes, {}, format)).toMatchObject({
    credit: 'XMP credit',
    copyright: 'XMP rights',
  });
});

test('what the client gives takes precedence, also if it gives no one', async () => {
  const bytes = await draw().withXmp(XMP).jpeg().toBuffer();
  expect(await creditsOf(bytes, { credit: 'Ours', copyright: null })).toMatchObject({
    credit: 'Ours',
    copyright: null,
  });
});

test('blank, broken and very long texts do no harm', async () => {
  const plain = await draw().jpeg().toBuffer();
  expect(await creditsOf(withIptc(plain, record(110, '  \u200b ')))).toMatchObject({
    credit: null,
  });
  const long = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:Credit="${'€'.repeat(5000)}"/></rdf:RDF></x:xmpmeta>`;
  const cut = await creditsOf(await draw().withXmp(long).jpeg().toBuffer());
  expect(cut.credit).toBe('€'.repeat(500));
  const broken = await draw().withXmp('<x:xmpmeta><Credit').jpeg().toBuffer();
  expect(await creditsOf(broken)).toMatchObject({ credit: null, copyright: null });
});

test('a file names the subject of the token that brought it in', async () => {
  expect(await creditsOf(await draw().jpeg().toBuffer())).toMatchObject({
    createdBy: expect.stringMatching(/./),
  });
});
