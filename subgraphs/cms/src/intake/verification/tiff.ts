import type { ByteSource } from '../../platform/image/png-chunks.ts';

const LITTLE_ENDIAN = /^II(?:\*\0|\+\0)/;
const BIG_ENDIAN = /^MM(?:\0\*|\0\+)/;
const TAGS = { subfileType: 254, photometric: 262, dngVersion: 50706 } as const;
const REDUCED_IMAGE = 1;
/** Colour filter arrays, and linear raw (DNG 1.6). */
const SENSOR_DATA = new Set([32_803, 34_892]);
const MAX_TAGS = 1_000;

/**
 * - `tiff`: its first image is a whole image
 * - `raw`: the first image is a thumbnail or the data of a camera's sensor, which programs develop
 * - null: not a TIFF
 *
 * The package file-type takes every TIFF with tags of some camera programs for raw.
 */
export function kindOfTiff(file: ByteSource): 'tiff' | 'raw' | null {
  const head = file.slice(0, 16);
  const start = head.toString('latin1', 0, 4);
  const isLittle = LITTLE_ENDIAN.test(start);
  if (!isLittle && !BIG_ENDIAN.test(start)) return null;
  const isBig = start.includes('+');
  if (isBig || head.length < 16) return 'tiff';
  const word = (bytes: Buffer, at: number) =>
    isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  const directory = isLittle ? head.readUInt32LE(4) : head.readUInt32BE(4);
  const count = file.slice(directory, 2);
  if (count.length < 2) return 'tiff';
  const tags = Math.min(word(count, 0), MAX_TAGS);
  const entries = file.slice(directory + 2, tags * 12);
  for (let at = 0; at + 12 <= entries.length; at += 12) {
    const tag = word(entries, at);
    const isLong = word(entries, at + 2) === 4;
    const value = isLong && !isLittle ? entries.readUInt32BE(at + 8) : word(entries, at + 8);
    if (tag === TAGS.dngVersion) return 'raw';
    if (tag === TAGS.subfileType && (value & REDUCED_IMAGE) !== 0) return 'raw';
    if (tag === TAGS.photometric && SENSOR_DATA.has(value)) return 'raw';
  }
  return 'tiff';
}
