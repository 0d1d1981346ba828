import { readHeifProperties } from './heif-properties.ts';
import { type ByteSource, chunksIn } from './png-chunks.ts';

/**
 * How the numbers of an image stand for colours, where it is not sRGB and no ICC profile describes it:
 * images of high dynamic range, and PNGs with another gamma. The image library takes their numbers for sRGB.
 */
export type ColourCoding =
  | { readonly kind: 'pq' | 'hlg'; readonly primaries: 'bt709' | 'bt2020' | 'p3' }
  | { readonly kind: 'gamma'; readonly exponent: number };

/** The properties are at the start of a HEIF file. */
const HEAD_BYTES = 256 * 1024;
const CODING_CHUNKS = new Set(['cICP', 'iCCP', 'sRGB', 'gAMA']);
/** ISO 23091-2. */
const TRANSFERS: ReadonlyMap<number, 'pq' | 'hlg'> = new Map([
  [16, 'pq'],
  [18, 'hlg'],
]);
const PRIMARIES: ReadonlyMap<number, 'bt709' | 'bt2020' | 'p3'> = new Map([
  [1, 'bt709'],
  [9, 'bt2020'],
  [12, 'p3'],
]);
/** Of sRGB, as PNGs state it. */
const SRGB_GAMMA = 1 / 2.2;
const GAMMA_TOLERANCE = 0.05;

/** Null if the image library knows the colours. `format` is what it calls the file. */
export function readColourCoding(file: ByteSource, format: string): ColourCoding | null {
  if (format === 'png') return codingOfPng(file);
  if (format !== 'heif') return null;
  const { coding = null } = readHeifProperties(file.slice(0, HEAD_BYTES)) ?? {};
  return coding && highRange(coding);
}

export function highRange({
  primaries,
  transfer,
}: {
  primaries: number;
  transfer: number;
}): ColourCoding | null {
  const kind = TRANSFERS.get(transfer);
  return kind ? { kind, primaries: PRIMARIES.get(primaries) ?? 'bt2020' } : null;
}

/** PNG, third edition, 11.3.2: of several chunks the first of cICP, iCCP, sRGB and gAMA counts. */
function codingOfPng(file: ByteSource): ColourCoding | null {
  const chunks = new Map<string, Buffer>();
  for (const { type, start } of chunksIn(file)) {
    if (type === 'IDAT') break;
    if (CODING_CHUNKS.has(type)) chunks.set(type, file.slice(start, 4));
  }
  const [cicp, gamma] = [chunks.get('cICP'), chunks.get('gAMA')];
  if (cicp) return highRange({ primaries: cicp[0] ?? 0, transfer: cicp[1] ?? 0 });
  if (!gamma || gamma.length < 4 || chunks.has('iCCP') || chunks.has('sRGB')) return null;
  const stated = gamma.readUInt32BE() / 100_000;
  const isUsual = stated === 0 || Math.abs(stated / SRGB_GAMMA - 1) < GAMMA_TOLERANCE;
  return isUsual ? null : { kind: 'gamma', exponent: 1 / stated };
}
