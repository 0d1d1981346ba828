import { deflateSync } from 'node:zlib';
import { chunksIn, pngChunk, sourceOf } from '../platform/image/png-chunks.ts';
import { image } from './images.ts';

/** 60 × 40 pixels: red on the left, blue on the right. Encoded by libjxl. */
export const jxl = (): Buffer =>
  Buffer.from(
    '/woJwYbiQgBIgCgAPARd5RIAABUqo4wbvJzr+fJDh8W0jesMbbVtYUnimLDbbb6XUHWyAovcIw8KAHxYhaxIQUGBFb2qvEqnO0U2xkqnGOMxxosx3nb4fztOwMgDAGxjfN/3fd/3fd/3fd/3fd/3fd/3fd/3fd/3fd/3fd/3GUbqrBaYwvj2jUQkyxNyzf5grgZDGSkLi/tUEHxHP9GajtCiaDdwwYBB2gU+gkBsWj7/dzbpqHH9ulHgBbMRoB+YPMeMyOYP2O/AUMjTxmYslHaFFMjl5eXlZcaYFyMvZsbMu4uZlR+njONKG+5uD6Cnj7R73iVjYxOZqmBCElCnQTelXLXWhXr4srzqkVVFQko/+zydHYtq9tvA6C0B',
    'base64',
  );

/** Red on the left, blue on the right. */
function halves({ width, height }: { width: number; height: number }): number[][] {
  return Array.from({ length: width * height }, (_none, at) =>
    at % width < width / 2 ? [255, 0, 0] : [0, 0, 255],
  );
}

const SIZE = { width: 60, height: 40 };

/** 60 × 40 pixels with 24 bits, from the bottom row up. */
export function bmp({ hasFileHeader = true, hasMask = false } = {}): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt32LE(40, 0);
  header.writeInt32LE(SIZE.width, 4);
  header.writeInt32LE(SIZE.height * (hasMask ? 2 : 1), 8);
  header.writeUInt16LE(1, 12);
  header.writeUInt16LE(24, 14);
  const pixels = Buffer.from(halves(SIZE).flatMap(([r = 0, g = 0, b = 0]) => [b, g, r]));
  const mask = Buffer.alloc(hasMask ? 8 * SIZE.height : 0);
  if (!hasFileHeader) return Buffer.concat([header, pixels, mask]);
  const file = Buffer.alloc(14);
  file.write('BM', 0, 'latin1');
  file.writeUInt32LE(file.length + header.length + pixels.length, 2);
  file.writeUInt32LE(file.length + header.length, 10);
  return Buffer.concat([file, header, pixels]);
}

/**
 * 60 × 40 pixels that are numbers of a palette: red on the left, blue on the right.
 *
 * @param isOld with a header of OS/2 and a palette of two colours only
 * @param usedColours the number of colours that the header states
 */
export function bmpWithPalette({ isOld = false, usedColours = 0 } = {}): Buffer {
  const header = Buffer.alloc(isOld ? 12 : 40);
  header.writeUInt32LE(header.length, 0);
  if (isOld) {
    header.writeUInt16LE(SIZE.width, 4);
    header.writeUInt16LE(SIZE.height, 6);
  } else {
    header.writeInt32LE(SIZE.width, 4);
    header.writeInt32LE(SIZE.height, 8);
    header.writeUInt32LE(usedColours, 32);
  }
  header.writeUInt16LE(1, isOld ? 8 : 12);
  header.writeUInt16LE(8, isOld ? 10 : 14);
  const palette = isOld ? Buffer.of(0, 0, 255, 255, 0, 0) : Buffer.alloc(4 * 256);
  if (!isOld) palette.set([0, 0, 255, 0, 255, 0, 0, 0]);
  const pixels = Buffer.from(halves(SIZE).map(([red]) => (red === 255 ? 0 : 1)));
  const file = Buffer.alloc(14);
  file.write('BM', 0, 'latin1');
  file.writeUInt32LE(file.length + header.length + palette.length + pixels.length, 2);
  file.writeUInt32LE(file.length + header.length + palette.length, 10);
  return Buffer.concat([file, header, palette, pixels]);
}

/** An icon with these images: PNGs, or bitmaps without a file header. */
export function ico(...images: Buffer[]): Buffer {
  const header = Buffer.alloc(6 + 16 * images.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(images.length, 4);
  let at = header.length;
  for (const [index, bytes] of images.entries()) {
    const entry = 6 + 16 * index;
    header[entry] = SIZE.width;
    header[entry + 1] = SIZE.height;
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(24, entry + 6);
    header.writeUInt32LE(bytes.length, entry + 8);
    header.writeUInt32LE(at, entry + 12);
    at += bytes.length;
  }
  return Buffer.concat([header, ...images]);
}

/** A PSD of 60 × 40 pixels, whose composed image is compressed row by row. */
export function psd({ isComposed = true, thumbnail = null as Buffer | null } = {}): Buffer {
  const header = Buffer.alloc(26);
  header.write('8BPS', 0, 'latin1');
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(3, 12);
  header.writeUInt32BE(SIZE.height, 14);
  header.writeUInt32BE(SIZE.width, 18);
  header.writeUInt16BE(8, 22);
  header.writeUInt16BE(3, 24);
  const thumbnailHead = Buffer.alloc(28);
  thumbnailHead[3] = 1;
  const resources = Buffer.concat([
    resource(1057, Buffer.from([0, 0, 0, 1, isComposed ? 1 : 0])),
    ...(thumbnail ? [resource(1036, Buffer.concat([thumbnailHead, thumbnail]))] : []),
  ]);
  const half = SIZE.width / 2;
  // A run of n equal bytes is 257 - n and the byte.
  const rowOf = (left: number, right: number) => [257 - half, left, 257 - half, right];
  const rows = [rowOf(255, 0), rowOf(0, 0), rowOf(0, 255)].flatMap((row) =>
    Array.from({ length: SIZE.height }, () => row),
  );
  const lengths = Buffer.alloc(2 * rows.length);
  for (const [index, row] of rows.entries()) lengths.writeUInt16BE(row.length, 2 * index);
  return Buffer.concat([
    header,
    section(Buffer.alloc(0)),
    section(resources),
    section(Buffer.alloc(0)),
    Buffer.from([0, 1]),
    lengths,
    Buffer.from(rows.flat()),
  ]);
}

function section(body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

function resource(id: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write('8BIM', 0, 'latin1');
  head.writeUInt16BE(id, 4);
  return Buffer.concat([head, section(body), Buffer.alloc(body.length % 2)]);
}

/** How a frame of an animated PNG is placed on the frames before it. */
interface FrameOptions {
  readonly width: number;
  readonly height: number;
  readonly left?: number;
  readonly top?: number;
  /** RGBA. */
  readonly colour: readonly number[];
  readonly delayMs?: number;
  /** 0: stays, 1: is cleared, 2: what was before returns. */
  readonly disposal?: number;
  /** Whether its transparent pixels show what is below. */
  readonly isOver?: boolean;
}

/** An animated PNG, whose first frame must cover it. */
export function apng(frames: readonly FrameOptions[]): Buffer {
  const [{ width, height }] = frames as [FrameOptions];
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6], 8);
  const animation = Buffer.alloc(8);
  animation.writeUInt32BE(frames.length, 0);
  let sequence = 0;
  const numbered = (body: Buffer) => {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(sequence, 0);
    sequence += 1;
    return Buffer.concat([number, body]);
  };
  const chunks = frames.flatMap((frame, index) => {
    const control = Buffer.alloc(22);
    control.writeUInt32BE(frame.width, 0);
    control.writeUInt32BE(frame.height, 4);
    control.writeUInt32BE(frame.left ?? 0, 8);
    control.writeUInt32BE(frame.top ?? 0, 12);
    control.writeUInt16BE(frame.delayMs ?? 100, 16);
    control.writeUInt16BE(1000, 18);
    control.set([frame.disposal ?? 0, frame.isOver ? 1 : 0], 20);
    const row = [0, ...Array.from({ length: frame.width }, () => frame.colour).flat()];
    const data = deflateSync(Buffer.from(Array.from({ length: frame.height }, () => row).flat()));
    const fcTL = pngChunk('fcTL', numbered(control));
    return [fcTL, index === 0 ? pngChunk('IDAT', data) : pngChunk('fdAT', numbered(data))];
  });
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('acTL', animation),
    ...chunks,
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A PNG with one more chunk before its pixels. */
export async function pngWith(type: string, body: Buffer, source = image()): Promise<Buffer> {
  const bytes = await source.png().toBuffer();
  const [header] = chunksIn(sourceOf(bytes));
  if (!header) throw new Error('The encoder writes no chunks.');
  const [before, after] = [bytes.subarray(0, header.end), bytes.subarray(header.end)];
  return Buffer.concat([before, pngChunk(type, body), after]);
}

interface GifImage {
  readonly left?: number;
  readonly top?: number;
  readonly width: number;
  readonly height: number;
  /** Of red, green, blue and black. */
  readonly colour: 0 | 1 | 2 | 3;
  /** 1: it stays, 2: it is cleared before the next one. */
  readonly disposal?: 1 | 2;
}

/** A GIF without a transparent colour. Its images need not cover it. */
export function gifOf(
  size: { width: number; height: number },
  images: readonly GifImage[],
): Buffer {
  const screen = Buffer.alloc(13);
  screen.write('GIF89a', 0, 'latin1');
  screen.writeUInt16LE(size.width, 6);
  screen.writeUInt16LE(size.height, 8);
  screen[10] = 0x81;
  const colours = Buffer.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0]);
  const blocks = images.map(({ left = 0, top = 0, width, height, colour, disposal = 1 }) => {
    const control = Buffer.from([0x21, 0xf9, 4, disposal << 2, 10, 0, 0, 0]);
    const descriptor = Buffer.alloc(10);
    descriptor[0] = 0x2c;
    for (const [index, value] of [left, top, width, height].entries())
      descriptor.writeUInt16LE(value, 1 + 2 * index);
    return Buffer.concat([control, descriptor, uncompressed(width * height, colour)]);
  });
  return Buffer.concat([screen, colours, ...blocks, Buffer.from([0x3b])]);
}

/** LZW codes of three bits; a clear code after every two pixels keeps them short. */
function uncompressed(pixels: number, colour: number): Buffer {
  const codes = Array.from({ length: pixels }, (_none, at) =>
    at % 2 === 0 ? [4, colour] : [colour],
  );
  const bits = [...codes.flat(), 5].flatMap((code) => [code & 1, (code >> 1) & 1, code >> 2]);
  const bytes = Array.from({ length: Math.ceil(bits.length / 8) }, (_none, index) =>
    bits.slice(8 * index, 8 * index + 8).reduce((sum, bit, at) => sum + (bit << at), 0),
  );
  const parts = Array.from({ length: Math.ceil(bytes.length / 255) }, (_none, index) => {
    const part = bytes.slice(255 * index, 255 * index + 255);
    return [part.length, ...part];
  });
  return Buffer.from([2, ...parts.flat(), 0]);
}
