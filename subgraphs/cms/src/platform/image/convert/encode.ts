import { deflateSync } from 'node:zlib';
import { pngChunk } from '../png-chunks.ts';
import { sharp } from '../sharp.ts';

interface Decoded {
  readonly width: number;
  readonly height: number;
  /** RGB or RGBA, row by row. */
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly channels: 3 | 4;
  /** An ICC profile that describes the numbers; null for sRGB. */
  readonly profile?: Buffer | null;
}

/** Renditions are rendered from it, so that it loses almost nothing. */
const JPEG = { quality: 95, chromaSubsampling: '4:4:4' } as const;
const MAX_SEGMENT = 65_519;
const PROFILE_NAME = Buffer.from('ICC_PROFILE\0', 'latin1');

/**
 * JPEG, which is decoded four times as fast in the sizes of renditions, or PNG if any pixel is transparent.
 */
export async function encode({ data, profile = null, ...size }: Decoded): Promise<Buffer> {
  const image = sharp(data, { raw: size, limitInputPixels: false });
  if (size.channels === 4 && isTransparent(data)) {
    const png = await image.png({ compressionLevel: 3 }).toBuffer();
    return profile ? addToPng(png, profile) : png;
  }
  const jpeg = await image.removeAlpha().jpeg(JPEG).toBuffer();
  return profile ? addToJpeg(jpeg, profile) : jpeg;
}

/** The same for an image that is encoded already. */
export async function toCompact(png: Buffer): Promise<Buffer> {
  const image = sharp(png, { limitInputPixels: false, failOn: 'error' });
  const { isOpaque } = await image.stats();
  return isOpaque ? image.removeAlpha().jpeg(JPEG).toBuffer() : png;
}

function isTransparent(rgba: Uint8Array | Uint8ClampedArray): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 255) return true;
  return false;
}

/** sharp would convert the colours to a profile that it adds. ICC.1:2022, B.4: in segments before all others. */
function addToJpeg(jpeg: Buffer, profile: Buffer): Buffer {
  const count = Math.ceil(profile.length / MAX_SEGMENT);
  const segments = Array.from({ length: count }, (_none, index) => {
    const part = profile.subarray(index * MAX_SEGMENT, (index + 1) * MAX_SEGMENT);
    const head = Buffer.alloc(4);
    head.writeUInt16BE(0xffe2, 0);
    head.writeUInt16BE(2 + PROFILE_NAME.length + 2 + part.length, 2);
    return Buffer.concat([head, PROFILE_NAME, Buffer.from([index + 1, count]), part]);
  });
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

/** PNG, third edition, 11.3.2.3: after the header, of 25 bytes behind the signature of 8. */
function addToPng(png: Buffer, profile: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from('ICC\0\0', 'latin1'), deflateSync(profile)]);
  return Buffer.concat([png.subarray(0, 33), pngChunk('iCCP', body), png.subarray(33)]);
}
