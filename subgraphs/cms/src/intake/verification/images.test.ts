import { expect, test } from 'vitest';
import { DISGUISES, gifBomb, pngBomb } from '../../testing/hostile.ts';
import {
  animation,
  avif,
  gif,
  jpeg,
  jpegOnItsSide,
  image,
  pixels,
  png,
  tiff,
  webp,
} from '../../testing/images.ts';
import { refusal, useVerifier } from '../../testing/verification.ts';
import { thumbHashToApproximateAspectRatio, thumbHashToAverageRGBA } from 'thumbhash';
import sharp from 'sharp';

const { verify } = useVerifier({ maxPixels: 1_000_000 });

const FORMATS: Record<string, () => Promise<Buffer>> = {
  JPEG: jpeg,
  'progressive JPEG': () => image().jpeg({ progressive: true }).toBuffer(),
  PNG: png,
  'interlaced PNG': () => image().png({ progressive: true }).toBuffer(),
  WebP: webp,
  'lossless WebP': () => image().webp({ lossless: true }).toBuffer(),
  'animated WebP': () => animation({ frames: 5 }).webp().toBuffer(),
  GIF: gif,
  'animated GIF': () => animation({ frames: 5 }).gif().toBuffer(),
  AVIF: avif,
  TIFF: tiff,
  'tiled TIFF': () => image().tiff({ tile: true, compression: 'deflate' }).toBuffer(),
};

test('distinguishes an empty file from a damaged one', async () => {
  expect(await verify(Buffer.alloc(0), 'photo.jpg')).toEqual(refusal('EMPTY_FILE'));
});

test.for(Object.keys(FORMATS))('rejects half and nine tenths of a %s as corrupt', async (name) => {
  const bytes = await FORMATS[name]!();
  for (const share of [0.5, 0.9]) {
    const cut = bytes.subarray(0, Math.floor(bytes.length * share));
    const verdict = await verify(cut);
    // The directory of a TIFF is at the end. Some programs detect no type in a truncated TIFF; we
    // report a damaged TIFF.
    expect(verdict, `${share}`).toEqual(refusal('CORRUPT_FILE'));
  }
});

test('rejects an image with overwritten bytes in the middle', async () => {
  for (const make of [png, webp, gif]) {
    const bytes = await make();
    const middle = Math.floor(bytes.length / 2);
    bytes.fill(0xff, middle, middle + 200);
    expect(await verify(bytes)).toEqual(refusal('CORRUPT_FILE'));
  }
});

test('rejects an animation with a damaged frame', async () => {
  for (const format of ['gif', 'webp'] as const) {
    const bytes = await animation({ frames: 3 }).toFormat(format).toBuffer();
    expect(await verify(bytes)).toHaveProperty('verified');
    bytes.fill(0xff, bytes.length - 200, bytes.length - 100);
    expect(await verify(bytes), format).toEqual(refusal('CORRUPT_FILE'));
  }
});

test.for([
  '\xff\xd8\xff\xe0',
  '\x89PNG\r\n\x1a\n',
  'GIF89a',
  'RIFF\x10\0\0\0WEBPVP8 ',
  'II*\0\x08\0\0\0',
])('rejects the first bytes %j of an image without the rest', async (magic) => {
  const bytes = Buffer.concat([Buffer.from(magic, 'latin1'), Buffer.alloc(100)]);
  const verdict = await verify(bytes);
  expect([refusal('CORRUPT_FILE'), refusal('UNSUPPORTED_TYPE')]).toContainEqual(verdict);
});

test('rejects a PNG of a few kB and 400 megapixels before decoding it', async () => {
  const bomb = pngBomb({ width: 20_000, height: 20_000 });
  expect(bomb.length).toBeLessThan(60_000);
  expect(await verify(bomb, 'bomb.png')).toEqual({
    refused: {
      code: 'IMAGE_TOO_LARGE',
      message: 'The image has 20000 × 20000 pixels. The maximum is 1000000 pixels.',
    },
  });
});

test('counts the pixels of one frame of an animation', async () => {
  const frames = { frames: 3000, width: 1000, height: 1000 };
  expect(await verify(gifBomb(frames))).toMatchObject({ verified: { animated: true } });
  expect(await verify(gifBomb({ ...frames, height: 1001 }))).toEqual(refusal('IMAGE_TOO_LARGE'));
  const animated = await animation({ frames: 11, width: 320, height: 300 }).webp().toBuffer();
  expect(await verify(animated)).toMatchObject({ verified: { animated: true } });
});

test('accepts an image of exactly the limit, and rejects one more row', async () => {
  expect(await verify(pngBomb({ width: 1000, height: 1000 }))).toHaveProperty('verified');
  expect(await verify(pngBomb({ width: 1000, height: 1001 }))).toEqual(refusal('IMAGE_TOO_LARGE'));
});

test.for(Object.keys(DISGUISES) as (keyof typeof DISGUISES)[])(
  'rejects %s, and reports a mismatch if its name is that of an image',
  async (name) => {
    const bytes = DISGUISES[name];
    expect(await verify(bytes)).toEqual(refusal('UNSUPPORTED_TYPE'));
    expect(await verify(bytes, 'photo.jpg')).toEqual(refusal('TYPE_MISMATCH'));
    expect(await verify(bytes, 'photo', 'image/png')).toEqual(refusal('TYPE_MISMATCH'));
  },
);

test('rejects bytes of an unknown type under any name', async () => {
  const bytes = Buffer.from('\x01\x02\x03 and some words.');
  for (const name of ['', 'notes.txt', 'photo.jpg']) {
    expect(await verify(bytes, name)).toEqual(refusal('UNSUPPORTED_TYPE'));
  }
});

test('rejects an image with the name or content type of another format', async () => {
  expect(await verify(await png(), 'photo.jpg')).toEqual({
    refused: { code: 'TYPE_MISMATCH', message: 'The bytes are PNG, but its name ends with .jpg.' },
  });
  expect(await verify(await jpeg(), 'page.html')).toEqual(refusal('TYPE_MISMATCH'));
  expect(await verify(await jpeg(), 'photo.jpg', 'image/gif')).toEqual(refusal('TYPE_MISMATCH'));
});

test('ignores other formats after the end of an image', async () => {
  const script = Buffer.from('<script>alert(1)</script>');
  for (const tail of [script, DISGUISES['a zip archive'], Buffer.from('%PDF-1.4')]) {
    const polyglot = Buffer.concat([await jpeg(), tail]);
    expect(await verify(polyglot, 'a.jpg')).toMatchObject({ verified: { mimeType: 'image/jpeg' } });
    expect(await verify(polyglot, 'a.zip')).toEqual(refusal('TYPE_MISMATCH'));
  }
});

test('rejects a page that begins like a GIF as a damaged GIF', async () => {
  const page = Buffer.from('GIF89a/*<html>*/=1;alert(1)//'.padEnd(200, ' '));
  expect(await verify(page)).toEqual(refusal('CORRUPT_FILE'));
});

test.for([
  ['JPEG', 'image/jpeg', 'jpg'],
  ['progressive JPEG', 'image/jpeg', 'jpg'],
  ['PNG', 'image/png', 'png'],
  ['interlaced PNG', 'image/png', 'png'],
  ['WebP', 'image/webp', 'webp'],
  ['lossless WebP', 'image/webp', 'webp'],
  ['GIF', 'image/gif', 'gif'],
  ['AVIF', 'image/avif', 'avif'],
  ['TIFF', 'image/tiff', 'tif'],
  ['tiled TIFF', 'image/tiff', 'tif'],
] as const)('detects a %s as %s', async ([name, mimeType, extension]) => {
  expect(await verify(await FORMATS[name]!())).toEqual({
    verified: {
      mediaType: 'IMAGE',
      mimeType,
      extension,
      width: 160,
      height: 120,
      durationSeconds: null,
      animated: false,
      charset: null,
      credit: null,
      copyright: null,
      thumbHash: expect.any(Uint8Array),
    },
  });
});

test('accepts an AVIF with a general HEIF brand, and rejects a HEIC with one', async () => {
  const bytes = await avif();
  bytes.write('mif1', 8);
  expect(await verify(bytes, 'a.avif')).toMatchObject({ verified: { mimeType: 'image/avif' } });
  bytes.write('heic', bytes.indexOf('avif'));
  expect(await verify(bytes, 'a.heic')).toEqual(refusal('UNSUPPORTED_TYPE'));
  expect(await verify(bytes, 'a.jpg')).toEqual(refusal('TYPE_MISMATCH'));
});

test('a minimized AVIF or HEIC is unsupported', async () => {
  const bytes = await avif();
  bytes.write('mif3avif', 8);
  expect(await verify(bytes, 'a.avif')).toEqual(refusal('UNSUPPORTED_TYPE'));
  bytes.write('heic', 12);
  expect(await verify(bytes)).toEqual(refusal('UNSUPPORTED_TYPE'));
});

test('an animation has the size of one frame', async () => {
  for (const name of ['animated GIF', 'animated WebP']) {
    expect(await verify(await FORMATS[name]!())).toMatchObject({
      verified: { width: 40, height: 30, animated: true },
    });
  }
});

test('dimensions and placeholder are those of the upright image', async () => {
  const bytes = await jpegOnItsSide({ width: 160, height: 120 });
  const { verified } = (await verify(bytes)) as { verified: { thumbHash: Uint8Array } };
  expect(verified).toMatchObject({ width: 120, height: 160 });
  expect(thumbHashToApproximateAspectRatio(verified.thumbHash)).toBeLessThan(1);
});

async function averageOf(bytes: Buffer) {
  const verdict = await verify(bytes);
  const { thumbHash } = (verdict as { verified: { thumbHash: Uint8Array } }).verified;
  expect(thumbHash.length).toBeLessThanOrEqual(25);
  return thumbHashToAverageRGBA(thumbHash);
}

test.for([
  ['srgb', { r: 0.75, g: 0 }],
  ['rgb16', { r: 0.75, g: 0 }],
  ['cmyk', { r: 0.7, g: 0.1 }],
  ['b-w', { r: 0.4, g: 0.4 }],
] as const)('the placeholder has the colours of an image in %s', async ([space, expected]) => {
  const red = sharp({ create: { width: 90, height: 60, channels: 3, background: '#c00000' } });
  const { r, g, a } = await averageOf(
    await red.toColourspace(space).tiff({ compression: 'lzw' }).toBuffer(),
  );
  expect(Math.abs(r - expected.r)).toBeLessThan(0.15);
  expect(Math.abs(g - expected.g)).toBeLessThan(0.15);
  expect(a).toBe(1);
});

test('the placeholder keeps transparency', async () => {
  const size = { width: 64, height: 64 };
  const bytes = await sharp(
    pixels(size, 4).map((byte, at) => (at % 4 === 3 ? 0 : byte)),
    {
      raw: { ...size, channels: 4 },
    },
  )
    .png()
    .toBuffer();
  expect((await averageOf(bytes)).a).toBeLessThan(0.1);
});

test('accepts an image of one pixel', async () => {
  expect(await verify(pngBomb({ width: 1, height: 1 }))).toMatchObject({ verified: { width: 1 } });
  expect(await verify(pngBomb({ width: 5000, height: 1 }))).toMatchObject({
    verified: { height: 1 },
  });
});
