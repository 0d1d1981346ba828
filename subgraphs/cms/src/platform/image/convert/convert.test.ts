import { expect, test } from 'vitest';
import { thumbHashToAverageRGBA } from 'thumbhash';
import { HEVC, av1, sequence, still, tiled } from '../../../testing/heif.ts';
import { jpeg, png } from '../../../testing/images.ts';
import { bmp, bmpWithPalette, ico, jxl, pngWith, psd } from '../../../testing/other-images.ts';
import { refusal, useVerifier } from '../../../testing/verification.ts';

const { verify } = useVerifier();
const { verify: verifyTiny } = useVerifier({ maxPixels: 100 });

const bitmap = bmp({ hasFileHeader: false, hasMask: true });
const FILES: Readonly<Record<string, () => Promise<Buffer> | Buffer>> = {
  HEIC: () => still(HEVC),
  'HEIC in tiles': () => tiled(HEVC, { columns: 3, rows: 2 }),
  'HEIC with a general brand': () => still({ ...HEVC, brand: 'mif1' }),
  'JPEG XL': jxl,
  BMP: () => bmp(),
  'BMP with a palette': () => bmpWithPalette(),
  'BMP that states too many colours': () => bmpWithPalette({ usedColours: 4_660 }),
  'BMP of OS/2 with few colours': () => bmpWithPalette({ isOld: true }),
  'ICO with a bitmap': () => ico(bitmap),
  'ICO with a PNG': async () => ico(await png({ width: 60, height: 40 })),
  PSD: () => psd(),
  'AVIF sequence': async () => sequence(await av1({ width: 60, height: 40 }), { images: 3 }),
};

test.for([
  ['HEIC', 'image/heic', 'heic', 64, 64],
  ['HEIC in tiles', 'image/heic', 'heic', 192, 128],
  ['HEIC with a general brand', 'image/heic', 'heic', 64, 64],
  ['JPEG XL', 'image/jxl', 'jxl', 60, 40],
  ['BMP', 'image/bmp', 'bmp', 60, 40],
  ['BMP with a palette', 'image/bmp', 'bmp', 60, 40],
  ['BMP that states too many colours', 'image/bmp', 'bmp', 60, 40],
  ['BMP of OS/2 with few colours', 'image/bmp', 'bmp', 60, 40],
  ['ICO with a bitmap', 'image/x-icon', 'ico', 60, 40],
  ['ICO with a PNG', 'image/x-icon', 'ico', 60, 40],
  ['PSD', 'image/vnd.adobe.photoshop', 'psd', 60, 40],
  ['AVIF sequence', 'image/avif', 'avif', 60, 40],
] as const)('accepts %s', async ([name, mimeType, extension, width, height]) => {
  expect(await verify(await FILES[name]!())).toMatchObject({
    verified: {
      mediaType: 'IMAGE',
      mimeType,
      extension,
      width,
      height,
      animated: name === 'AVIF sequence',
      thumbHash: expect.any(Uint8Array),
    },
  });
});

test.for(Object.keys(FILES))('rejects a part of %s', async (name) => {
  const bytes = await FILES[name]!();
  for (const share of [0.5, 0.9, 0.99]) {
    const verdict = await verify(bytes.subarray(0, Math.floor(bytes.length * share)));
    expect(verdict, `${share}`).toEqual(refusal('CORRUPT_FILE'));
  }
});

test.for(['HEIC', 'JPEG XL', 'BMP', 'ICO with a bitmap', 'PSD', 'AVIF sequence'])(
  'rejects %s with too many pixels before decoding it',
  async (name) => {
    expect(await verifyTiny(await FILES[name]!())).toEqual(refusal('IMAGE_TOO_LARGE'));
  },
);

test('rejects a HEIC with too many tiles before decoding it', async () => {
  const bomb = tiled({ ...HEVC, width: 1, height: 1 }, { columns: 255, rows: 255 });
  const started = performance.now();
  expect(await verify(bomb)).toEqual(refusal('UNSUPPORTED_TYPE'));
  expect(performance.now() - started).toBeLessThan(3_000);
});

test('accepts the types that clients declare', async () => {
  for (const [name, declared, filename] of [
    ['HEIC', 'image/heif', 'IMG_0001.HEIC'],
    ['HEIC', '', 'IMG_0001.heif'],
    ['BMP', 'image/x-ms-bmp', 'drawing.bmp'],
    ['ICO with a bitmap', 'image/vnd.microsoft.icon', 'favicon.ico'],
    ['PSD', 'application/octet-stream', 'poster.psd'],
    ['AVIF sequence', 'image/avif-sequence', 'moving.avifs'],
  ] as const)
    expect(await verify(await FILES[name]!(), filename, declared), name).toHaveProperty('verified');
});

test('a HEIC whose codec has no decoder is unsupported, not damaged', async () => {
  const bytes = still(HEVC);
  bytes.write('vvc1', bytes.indexOf('hvc1'), 'latin1');
  expect(await verify(bytes, 'a.heic')).toEqual(refusal('UNSUPPORTED_TYPE'));
});

test('shows the thumbnail of a PSD without a composed image, and accepts one without either', async () => {
  const thumbnail = await jpeg({ width: 30, height: 20 });
  const [shown, bare] = [
    await verify(psd({ isComposed: false, thumbnail })),
    await verify(psd({ isComposed: false })),
  ];
  const size = { width: 60, height: 40 };
  expect(shown).toMatchObject({ verified: { ...size, thumbHash: expect.any(Uint8Array) } });
  expect(bare).toMatchObject({ verified: { ...size, thumbHash: null } });
});

test.for(['HEIC', 'JPEG XL', 'BMP', 'BMP of OS/2 with few colours', 'PSD'])(
  'the placeholder of %s has its colours',
  async (name) => {
    const verdict = await verify(await FILES[name]!());
    const { thumbHash } = (verdict as { verified: { thumbHash: Uint8Array } }).verified;
    const { r, g, b } = thumbHashToAverageRGBA(thumbHash);
    for (const [value, expected] of [
      [r, 0.5],
      [g, 0],
      [b, 0.5],
    ] as const)
      expect(Math.abs(value - expected)).toBeLessThan(0.1);
  },
);

test('text that begins like a bitmap is not a damaged one', async () => {
  const text = Buffer.from('BM: a text that begins with the signature of a bitmap');
  expect(await verify(text)).toMatchObject({ verified: { mimeType: 'text/plain' } });
});

test('rejects a PSD whose header states impossible sizes, quickly', async () => {
  const bytes = psd();
  bytes.writeUInt16BE(65_535, 12);
  bytes.writeUInt32BE(1, 14);
  bytes.writeUInt32BE(40_000, 18);
  const started = performance.now();
  expect(await verify(bytes)).toEqual(refusal('CORRUPT_FILE'));
  bytes.writeUInt16BE(56, 12);
  expect(await verify(bytes)).toEqual(refusal('CORRUPT_FILE'));
  expect(performance.now() - started).toBeLessThan(3_000);
});

test('rejects a cut PSD of a mode that is not shown', async () => {
  const bytes = psd();
  bytes.writeUInt16BE(9, 24);
  expect(await verify(bytes)).toHaveProperty('verified');
  expect(await verify(bytes.subarray(0, bytes.length - 50))).toEqual(refusal('CORRUPT_FILE'));
});

test('a thumbnail of a PSD that is no JPEG is not shown', async () => {
  const thumbnail = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  expect(await verify(psd({ isComposed: false, thumbnail }))).toMatchObject({
    verified: { thumbHash: null },
  });
});

test('rejects an icon with more images than any icon has', async () => {
  const image = await png({ width: 60, height: 40 });
  expect(await verify(ico(...Array.from({ length: 300 }, () => image)))).toEqual(
    refusal('CORRUPT_FILE'),
  );
});

test('a PNG with an invalid animation is a still', async () => {
  const bytes = await pngWith('acTL', Buffer.from([0, 0, 0, 9, 0, 0, 0, 0]));
  expect(await verify(bytes)).toMatchObject({ verified: { animated: false } });
});

test('a HEIC with a sequence only is unsupported, not damaged', async () => {
  const bytes = sequence(HEVC, { images: 2 });
  bytes.write('hevc', 8, 'latin1');
  expect(await verify(bytes, 'a.heics')).toEqual(refusal('UNSUPPORTED_TYPE'));
});
