import { type FileHandle, open } from 'node:fs/promises';
import { ConversionError, type Converter, checkSize, damaged } from './conversion.ts';
import { sharp } from '../sharp.ts';
import { encode } from './encode.ts';

/**
 * Adobe Photoshop File Formats Specification. A PSD contains its layers, then the image that they show together, which
 * Photoshop may leave out, and a thumbnail.
 */
const HEADER_BYTES = 26;
const MAX_RESOURCES_BYTES = 32 * 2 ** 20;
const RESOURCES = { thumbnail: 1036, profile: 1039, versionInfo: 1057 } as const;
const THUMBNAIL_HEADER_BYTES = 28;
const JPEG_START = Buffer.of(0xff, 0xd8, 0xff);
/** The channels of colours, by mode. */
const COLOURS: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [3, 3],
  [4, 4],
]);
const CMYK = 4;
/** The maximum of the format. */
const MAX_CHANNELS = 56;
const RAW = 0;
const RUNS = 1;

interface Layout {
  readonly isBig: boolean;
  readonly channels: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly mode: number;
}

/** Converts the composed image of a PSD or PSB, or its thumbnail. */
export const convertPsd: Converter = async (path, { maxPixels }) => {
  await using file = await open(path);
  const { size: byteSize } = await file.stat();
  const header = await read(file, { at: 0, length: HEADER_BYTES });
  const layout = readLayout(header);
  const { width, height } = layout;
  checkSize(layout, maxPixels);
  const resources = await readSection(file, {
    at: await afterSection(file, { at: HEADER_BYTES }),
    max: MAX_RESOURCES_BYTES,
  });
  const layersAt = resources.end;
  const compositeAt = await afterSection(file, { at: layersAt, isBig: layout.isBig });
  const isComposed = hasComposite(resources.body);
  const composite = await findComposite(file, { layout, at: compositeAt, byteSize });
  const hasTransparency = await statesTransparency(file, { layout, at: layersAt });
  const composed = isComposed
    ? await readComposite(file, { layout, composite, hasTransparency })
    : null;
  const profile =
    layout.mode === CMYK ? null : (findResource(resources.body, RESOURCES.profile) ?? null);
  const image = composed
    ? await encode({ width, height, ...composed, profile })
    : await thumbnailIn(resources.body, maxPixels);
  return { width, height, animated: false, image };
};

function readLayout(header: Buffer): Layout {
  const version = header.length < HEADER_BYTES ? 0 : header.readUInt16BE(4);
  const channels = version === 1 || version === 2 ? header.readUInt16BE(12) : 0;
  if (channels < 1 || channels > MAX_CHANNELS) throw damaged('The header is invalid.');
  return {
    isBig: version === 2,
    channels,
    height: header.readUInt32BE(14),
    width: header.readUInt32BE(18),
    depth: header.readUInt16BE(22),
    mode: header.readUInt16BE(24),
  };
}

async function read(file: FileHandle, { at, length }: { at: number; length: number }) {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, at);
  return buffer.subarray(0, bytesRead);
}

/** Where a section ends that starts with its length. */
async function afterSection(
  file: FileHandle,
  { at, isBig = false }: { at: number; isBig?: boolean },
): Promise<number> {
  const lengthBytes = isBig ? 8 : 4;
  const head = await read(file, { at, length: lengthBytes });
  if (head.length < lengthBytes) throw damaged('The file is incomplete.');
  return at + lengthBytes + (isBig ? Number(head.readBigUInt64BE()) : head.readUInt32BE());
}

async function readSection(file: FileHandle, { at, max }: { at: number; max: number }) {
  const end = await afterSection(file, { at });
  const length = end - at - 4;
  if (length > max) throw new ConversionError('unsupported', 'The resources are too large.');
  const body = await read(file, { at: at + 4, length });
  if (body.length < length) throw damaged('The resources are incomplete.');
  return { body, end };
}

/** A resource has a signature, a number, a name, a length and a body, both padded to even lengths. */
function findResource(resources: Buffer, wanted: number): Buffer | undefined {
  for (let at = 0; at + 12 <= resources.length;) {
    const id = resources.readUInt16BE(at + 4);
    const nameBytes = (resources[at + 6] ?? 0) + 1;
    const lengthAt = at + 6 + nameBytes + (nameBytes % 2);
    if (lengthAt + 4 > resources.length) return undefined;
    const length = resources.readUInt32BE(lengthAt);
    const start = lengthAt + 4;
    if (id === wanted) return resources.subarray(start, start + length);
    at = start + length + (length % 2);
  }
  return undefined;
}

/** Unless the file states otherwise, as Photoshop does if it left the composed image white. */
const hasComposite = (resources: Buffer): boolean =>
  findResource(resources, RESOURCES.versionInfo)?.[4] !== 0;

/** Null if it is not a JPEG, or has more pixels than the limit. */
async function thumbnailIn(resources: Buffer, maxPixels: number): Promise<Buffer | null> {
  const thumbnail = findResource(resources, RESOURCES.thumbnail)?.subarray(THUMBNAIL_HEADER_BYTES);
  if (!thumbnail?.subarray(0, JPEG_START.length).equals(JPEG_START)) return null;
  const { width, height } = await sharp(thumbnail, { limitInputPixels: maxPixels }).metadata();
  return width * height <= maxPixels ? thumbnail : null;
}

/** A negative number of layers states that the first channel after the colours is the transparency of the image. */
async function statesTransparency(
  file: FileHandle,
  { layout: { isBig }, at }: { layout: Layout; at: number },
): Promise<boolean> {
  const lengthBytes = isBig ? 8 : 4;
  const head = await read(file, { at: at + lengthBytes, length: lengthBytes + 2 });
  const isEmpty = head.subarray(0, lengthBytes).every((byte) => byte === 0);
  return head.length === lengthBytes + 2 && !isEmpty && head.readInt16BE(lengthBytes) < 0;
}

interface Composite {
  readonly compression: number;
  /** Where the samples start, or the runs. */
  readonly at: number;
  /** The length of each row of runs. */
  readonly lengths: readonly number[];
}

/**
 * Where the composed image is, in any mode.
 * @throws ConversionError if a part of it is missing
 */
async function findComposite(
  file: FileHandle,
  { layout, at, byteSize }: { layout: Layout; at: number; byteSize: number },
): Promise<Composite> {
  const { width, height, channels, depth, isBig } = layout;
  // Photoshop writes at least the compression and one byte.
  if (at + 3 > byteSize) throw damaged('The file is incomplete.');
  const compression = (await read(file, { at, length: 2 })).readUInt16BE();
  if (compression === RAW) {
    const bytes = Math.ceil((width * depth) / 8) * height * channels;
    if (at + 2 + bytes > byteSize) throw damaged('The composed image is incomplete.');
    return { compression, at: at + 2, lengths: [] };
  }
  if (compression !== RUNS) return { compression, at: at + 2, lengths: [] };
  const lengthBytes = isBig ? 4 : 2;
  const rows = height * channels;
  const start = at + 2 + rows * lengthBytes;
  if (start > byteSize) throw damaged('The composed image is incomplete.');
  const table = await read(file, { at: at + 2, length: rows * lengthBytes });
  const lengths = Array.from({ length: rows }, (_none, row) =>
    table.readUIntBE(row * lengthBytes, lengthBytes),
  );
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (start + total > byteSize) throw damaged('The composed image is incomplete.');
  return { compression, at: start, lengths };
}

/** Null for modes, depths and compressions that are rare. */
async function readComposite(
  file: FileHandle,
  {
    layout,
    composite: { compression, at, lengths },
    hasTransparency,
  }: { layout: Layout; composite: Composite; hasTransparency: boolean },
): Promise<{ data: Uint8Array; channels: 3 | 4 } | null> {
  const { width, height, channels, depth, mode } = layout;
  const colours = COLOURS.get(mode);
  const isRead = compression === RAW || (compression === RUNS && depth === 8);
  if (colours === undefined || channels < colours || (depth !== 8 && depth !== 16) || !isRead)
    return null;
  const hasAlpha = hasTransparency && channels > colours;
  const used = hasAlpha ? colours + 1 : colours;
  const sampleBytes = depth / 8;
  const planeBytes = width * height * sampleBytes;
  const rows = lengths.slice(0, height * used);
  const packedBytes = rows.reduce((sum, length) => sum + length, 0);
  const planes =
    compression === RAW
      ? await read(file, { at, length: planeBytes * used })
      : unpack(await read(file, { at, length: packedBytes }), { lengths: rows, width });
  const sample = (channel: number, pixel: number) =>
    planes[channel * planeBytes + pixel * sampleBytes] ?? 0;
  const target = hasAlpha ? 4 : 3;
  const data = new Uint8Array(width * height * target);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const to = pixel * target;
    for (let colour = 0; colour < 3; colour += 1) {
      const own = sample(colours === 1 ? 0 : colour, pixel);
      // Inks are stored inverted: 255 is no ink.
      data[to + colour] = mode === CMYK ? (own * sample(3, pixel)) / 255 : own;
    }
    if (hasAlpha) data[to + 3] = sample(colours, pixel);
  }
  return { data, channels: target };
}

/** PackBits (TIFF 6.0, section 9), row by row. */
function unpack(
  packed: Buffer,
  { lengths, width }: { lengths: readonly number[]; width: number },
): Buffer {
  const planes = Buffer.alloc(width * lengths.length);
  let at = 0;
  for (const [row, length] of lengths.entries()) {
    const end = at + length;
    let to = row * width;
    const rowEnd = to + width;
    while (at < end && to < rowEnd) {
      const count = packed.readInt8(at);
      at += 1;
      if (count >= 0) {
        const copied = Math.min(count + 1, rowEnd - to);
        packed.copy(planes, to, at, at + copied);
        to += copied;
        at += count + 1;
      } else if (count > -128) {
        planes.fill(packed[at] ?? 0, to, Math.min(to + 1 - count, rowEnd));
        to += 1 - count;
        at += 1;
      }
    }
    if (to < rowEnd) throw damaged('The composed image is incomplete.');
    at = end;
  }
  return planes;
}
