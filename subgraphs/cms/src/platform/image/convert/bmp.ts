import { readFile } from 'node:fs/promises';
import { convertWithCanvas } from './canvas.ts';
import { ConversionError, type Converter, checkSize, damaged } from './conversion.ts';

const FILE_HEADER_BYTES = 14;
const INFO_HEADER_BYTES = 40;
/** The header of OS/2, with 16-bit sizes. */
const OLD_HEADER_BYTES = 12;
const RLE = new Set([1, 2]);
const UNCOMPRESSED = new Set([0, 3, 6]);

/** Converts a Windows bitmap (https://learn.microsoft.com/windows/win32/gdi/bitmap-storage). */
export const convertBmp: Converter = async (path, { maxPixels }) => {
  const bytes = await readFile(path);
  const { width, height, missing } = readBmpHeader(bytes, { dibStart: FILE_HEADER_BYTES });
  checkSize({ width, height }, maxPixels);
  if (missing) throw damaged('The pixels are incomplete.');
  return { ...(await convertWithCanvas(withUsablePalette(bytes))), animated: false };
};

/** The size of the image whose header starts at `dibStart`, and whether pixels are missing. */
export function readBmpHeader(bytes: Buffer, { dibStart }: { dibStart: number }) {
  if (bytes.length < dibStart + INFO_HEADER_BYTES) throw damaged('The header is incomplete.');
  const headerBytes = bytes.readUInt32LE(dibStart);
  const isOld = headerBytes === OLD_HEADER_BYTES;
  const at = dibStart + 4;
  const width = isOld ? bytes.readUInt16LE(at) : Math.abs(bytes.readInt32LE(at));
  // A negative height means that the first row is at the top.
  const height = isOld ? bytes.readUInt16LE(at + 2) : Math.abs(bytes.readInt32LE(at + 4));
  const bits = bytes.readUInt16LE(isOld ? at + 6 : at + 10);
  const compression = headerBytes < INFO_HEADER_BYTES ? 0 : bytes.readUInt32LE(at + 12);
  if (!UNCOMPRESSED.has(compression) && !RLE.has(compression))
    throw new ConversionError('unsupported', 'The compression is not supported.');
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  const start = dibStart === FILE_HEADER_BYTES ? bytes.readUInt32LE(10) : dibStart + headerBytes;
  const missing = RLE.has(compression)
    ? !hasEndOfBitmap(bytes, { start, is4Bit: bits === 4 })
    : start + rowBytes * height > bytes.length;
  return { width, height, missing };
}

const START_AT = 10;
const USED_COLOURS_AT = FILE_HEADER_BYTES + 32;

/**
 * The decoder rejects palettes with more colours than the pixels can use, and palettes of OS/2 with fewer. Browsers show
 * both.
 */
function withUsablePalette(bytes: Buffer): Buffer {
  const headerBytes = bytes.readUInt32LE(FILE_HEADER_BYTES);
  const isOld = headerBytes === OLD_HEADER_BYTES;
  const bits = bytes.readUInt16LE(FILE_HEADER_BYTES + (isOld ? 10 : 14));
  if (bits > 8) return bytes;
  const start = bytes.readUInt32LE(START_AT);
  const missing = 3 * 2 ** bits - (start - FILE_HEADER_BYTES - OLD_HEADER_BYTES);
  if (isOld && missing > 0) {
    const head = Buffer.concat([bytes.subarray(0, start), Buffer.alloc(missing)]);
    head.writeUInt32LE(head.length, START_AT);
    return Buffer.concat([head, bytes.subarray(start)]);
  }
  if (headerBytes < INFO_HEADER_BYTES || bytes.readUInt32LE(USED_COLOURS_AT) <= 2 ** bits)
    return bytes;
  const changed = Buffer.from(bytes);
  changed.writeUInt32LE(0, USED_COLOURS_AT);
  return changed;
}

/** Whether the runs from `start` on lead to the code for the end of the bitmap. */
function hasEndOfBitmap(
  bytes: Buffer,
  { start, is4Bit }: { start: number; is4Bit: boolean },
): boolean {
  for (let at = start; at + 1 < bytes.length;) {
    const [count = 0, value = 0] = [bytes[at], bytes[at + 1]];
    at += 2;
    if (count > 0 || value === 0) continue;
    if (value === 1) return true;
    if (value === 2) at += 2;
    else at += 2 * Math.ceil((is4Bit ? value / 2 : value) / 2);
  }
  return false;
}
