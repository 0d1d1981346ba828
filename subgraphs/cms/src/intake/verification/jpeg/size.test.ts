import sharp from 'sharp';
import { expect, test } from 'vitest';
import { jpeg, jpegOnItsSide, image } from '../../../testing/images.ts';
import { refusal, useVerifier } from '../../../testing/verification.ts';
import { windowOn } from '../../../platform/file-window.ts';
import { openJpeg } from './jpeg.ts';
import { plainJpegSize } from './size.ts';

const { verify } = useVerifier();

function sizeOf(bytes: Buffer) {
  const opened = openJpeg(windowOn(bytes), bytes.length);
  return opened && plainJpegSize(opened.head);
}

/** Inserts a segment after the start marker. */
function withSegment(bytes: Buffer, marker: number, body: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([bytes.subarray(0, 2), head, body, bytes.subarray(2)]);
}

/** The offset of the height in the frame header. */
const heightAt = (bytes: Buffer) => bytes.indexOf(Buffer.from([0xff, 0xc0])) + 5;

test.for([
  ['baseline', () => jpeg()],
  ['progressive', () => image().jpeg({ progressive: true }).toBuffer()],
  ['grey', () => image().greyscale().jpeg().toBuffer()],
  ['in CMYK', () => image().toColourspace('cmyk').jpeg().toBuffer()],
  ['with a colour profile', () => image().withIccProfile('p3').jpeg().toBuffer()],
  ['with a comment', async () => withSegment(await jpeg(), 0xfe, Buffer.from('a comment'))],
] as const)('reads the size of a JPEG: %s', async ([, make]) => {
  expect(sizeOf(await make())).toEqual({ width: 160, height: 120 });
});

test.for([1, 2, 3, 4, 5, 6, 7, 8])(
  'leaves a JPEG with orientation %i to libvips, with the size as shown',
  async (orientation) => {
    const bytes = await image().withMetadata({ orientation }).jpeg().toBuffer();
    expect(sizeOf(bytes)).toBeNull();
    const shown = await sharp(bytes).autoOrient().toBuffer({ resolveWithObject: true });
    const { width, height } = shown.info;
    expect(await verify(bytes)).toMatchObject({ verified: { width, height } });
  },
);

test('notices an orientation after the frame header', async () => {
  const turned = await jpegOnItsSide();
  const start = turned.indexOf(Buffer.from([0xff, 0xe1]));
  const end = start + 2 + turned.readUInt16BE(start + 2);
  const exif = turned.subarray(start, end);
  const rest = Buffer.concat([turned.subarray(0, start), turned.subarray(end)]);
  const scan = rest.indexOf(Buffer.from([0xff, 0xda]));
  const bytes = Buffer.concat([rest.subarray(0, scan), exif, rest.subarray(scan)]);
  expect(sizeOf(bytes)).toBeNull();
  expect(await verify(bytes)).toMatchObject({ verified: { width: 120, height: 160 } });
});

test('rejects a size over the limit before decoding', async () => {
  const bytes = await jpeg();
  bytes.writeUInt16BE(65_500, heightAt(bytes));
  expect(await verify(bytes)).toEqual({
    refused: {
      code: 'IMAGE_TOO_LARGE',
      message: 'The image has 160 × 65500 pixels. The maximum is 1000000 pixels.',
    },
  });
});

test('rejects a JPEG without a size or with two', async () => {
  const none = await jpeg();
  none.writeUInt16BE(0, heightAt(none));
  expect(await verify(none)).toEqual(refusal('CORRUPT_FILE'));

  const bytes = await jpeg();
  const frame = bytes.subarray(
    heightAt(bytes) - 1,
    heightAt(bytes) - 3 + bytes.readUInt16BE(heightAt(bytes) - 3),
  );
  const twice = withSegment(bytes, 0xc0, frame);
  expect(sizeOf(twice)).toBeNull();
  expect(await verify(twice)).toEqual(refusal('CORRUPT_FILE'));
});

test.for([0x00, 0x01, 0xd0, 0xd8, 0xd9, 0xff])(
  'leaves marker %i, which has no length, to libvips',
  async (marker) => {
    const bytes = await jpeg();
    const at = heightAt(bytes) - 5;
    const between = Buffer.from([0xff, marker]);
    expect(sizeOf(Buffer.concat([bytes.subarray(0, at), between, bytes.subarray(at)]))).toBeNull();
  },
);

test('rejects every truncated JPEG', async () => {
  const bytes = await jpeg();
  for (let length = 0; length < 700; length += 1) {
    const size = sizeOf(bytes.subarray(0, length));
    expect([null, { width: 160, height: 120 }]).toContainEqual(size);
  }
  expect(sizeOf(Buffer.alloc(9000, 0xff))).toBeNull();
  expect(sizeOf(Buffer.alloc(9000))).toBeNull();
});
