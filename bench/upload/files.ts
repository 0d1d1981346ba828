import { randomBytes } from 'node:crypto';
import sharp from 'sharp';

const CHUNK_BYTES = 2 ** 20;

/** A WAV file of exactly `byteSize` bytes (a multiple of 1 MiB) of noise, generated while it is read. */
export function* wavOfNoise(byteSize: number): Generator<Buffer> {
  const noise = randomBytes(CHUNK_BYTES);
  const first = Buffer.from(noise);
  // RIFF WAVE, 16 bit stereo PCM at 44.1 kHz (Multimedia Programming Interface and Data Specifications 1.0).
  first.write('RIFF', 0, 'latin1');
  first.writeUInt32LE(byteSize - 8, 4);
  first.write('WAVEfmt ', 8, 'latin1');
  first.writeUInt32LE(16, 16);
  first.writeUInt16LE(1, 20);
  first.writeUInt16LE(2, 22);
  first.writeUInt32LE(44_100, 24);
  first.writeUInt32LE(176_400, 28);
  first.writeUInt16LE(4, 32);
  first.writeUInt16LE(16, 34);
  first.write('data', 36, 'latin1');
  first.writeUInt32LE(byteSize - 44, 40);
  yield first;
  for (let sent = CHUNK_BYTES; sent < byteSize; sent += CHUNK_BYTES) yield noise;
}

/** `count` valid JPEGs of about 200 KB that resemble photographs, all with different bytes. */
export async function distinctJpegs(
  count: number,
  size = { width: 1200, height: 900 },
): Promise<Buffer[]> {
  const base = await jpegOfAbout(200_000, size);
  return Array.from({ length: count }, (_none, index) => withComment(base, `number ${index}`));
}

/** As much detail as in a photograph of that size. */
export const jpegOfNoise = (size: Size): Promise<Buffer> =>
  noise(size).jpeg({ quality: 85 }).toBuffer();

interface Size {
  readonly width: number;
  readonly height: number;
}

function noise({ width, height }: Size) {
  const small = { width: width / 4, height: height / 4, channels: 3 as const };
  const pixels = randomBytes(small.width * small.height * 3);
  return sharp(pixels, { raw: small }).resize(width, height);
}

async function jpegOfAbout(byteSize: number, size: Size): Promise<Buffer> {
  const picture = await noise(size).png().toBuffer();
  let best = Buffer.alloc(0);
  for (let quality = 95; quality >= 20; quality -= 5) {
    best = await sharp(picture).jpeg({ quality }).toBuffer();
    if (best.length <= byteSize) return best;
  }
  return best;
}

/** Inserts a COM segment after the start marker (ITU-T T.81, B.2.4.5): different bytes, same image. */
export function withComment(jpeg: Buffer, comment: string): Buffer {
  const text = Buffer.from(comment);
  const header = Buffer.from([0xff, 0xfe, (text.length + 2) >> 8, (text.length + 2) & 0xff]);
  return Buffer.concat([jpeg.subarray(0, 2), header, text, jpeg.subarray(2)]);
}
