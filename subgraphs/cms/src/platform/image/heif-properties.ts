import { type Box, MAX_BOXES, boxesIn } from './media-boxes.ts';

/**
 * The properties of the primary image of a HEIF file, such as HEIC and AVIF (ISO 23008-12), which the
 * decoders do not report.
 */
export interface HeifProperties {
  /** The codec of the primary image, or how it is composed: `hvc1`, `av01`, `grid`. */
  readonly itemType: string;
  /** The types of the images that it is composed of. */
  readonly partTypes: readonly (string | undefined)[];
  /** Where the data of the last image ends, in bytes from the start of the file. */
  readonly dataEnd: number;
  /** Before rotation. */
  readonly width: number;
  readonly height: number;
  /** How the colours are coded (ISO 23091-2): numbers of that standard. Null if a profile or nothing states it. */
  readonly coding: { readonly primaries: number; readonly transfer: number } | null;
  /** The ICC profile, if the file has one. */
  readonly profile: Buffer | null;
}

/** Null without a primary image whose properties can be read. A sequence may have none. */
export function readHeifProperties(head: Buffer): HeifProperties | null {
  const meta = boxesIn(head).find(({ type }) => type === 'meta');
  if (!meta) return null;
  const boxes = boxesIn(afterVersion(meta.body));
  const find = (type: string, within = boxes) => within.find((box) => box.type === type)?.body;
  const primary = readPrimary(find('pitm'));
  const properties = boxesIn(find('iprp') ?? Buffer.alloc(0));
  const all = boxesIn(find('ipco', properties) ?? Buffer.alloc(0));
  const types = readTypes(find('iinf'));
  const itemType = primary === null ? undefined : types.get(primary);
  const own = propertiesOf(primary, find('ipma', properties)).flatMap(
    (index) => all[index - 1] ?? [],
  );
  const size = own.find(({ type }) => type === 'ispe')?.body;
  if (primary === null || itemType === undefined || !size || size.length < 12) return null;
  // Some writers give the colours to the tiles of a grid only.
  const colours = (own.some(isColour) ? own : all).filter(isColour).map(({ body }) => body);
  const kindOf = (body: Buffer) => body.toString('latin1', 0, 4);
  const coding = colours.find((body) => kindOf(body) === 'nclx' && body.length >= 8);
  const profile = colours.find((body) => ['prof', 'rICC'].includes(kindOf(body)));
  return {
    itemType,
    dataEnd: endOfData(find('iloc')),
    partTypes: readParts(primary, find('iref')).map((part) => types.get(part)),
    width: size.readUInt32BE(4),
    height: size.readUInt32BE(8),
    coding: coding ? { primaries: coding.readUInt16BE(4), transfer: coding.readUInt16BE(6) } : null,
    profile: profile ? profile.subarray(4) : null,
  };
}

const isColour = ({ type }: Box) => type === 'colr';

const afterVersion = (body: Buffer) => body.subarray(4);

function readPrimary(box: Buffer | undefined): number | null {
  if (!box || box.length < 6) return null;
  if (box[0] === 0) return box.readUInt16BE(4);
  return box.length >= 8 ? box.readUInt32BE(4) : null;
}

/** The types of all items (ISO 14496-12, 8.11.6). */
function readTypes(box: Buffer | undefined): ReadonlyMap<number, string> {
  const types = new Map<number, string>();
  if (!box) return types;
  for (const { type, body } of boxesIn(box.subarray(box[0] === 0 ? 6 : 8))) {
    if (type !== 'infe' || body.length < 12) continue;
    const isWide = body[0] === 3 && body.length >= 14;
    const at = isWide ? 10 : 8;
    const id = isWide ? body.readUInt32BE(4) : body.readUInt16BE(4);
    types.set(id, body.toString('latin1', at, at + 4));
  }
  return types;
}

/** Of all extents that are stated by their position in the file (ISO 14496-12, 8.11.3). */
function endOfData(box: Buffer | undefined): number {
  if (!box || box.length < 8) return 0;
  const version = box[0] ?? 0;
  const sizes = box.readUInt16BE(4);
  const [offsetBytes, lengthBytes] = [sizes >> 12, (sizes >> 8) & 15];
  const [baseBytes, indexBytes] = [(sizes >> 4) & 15, version === 0 ? 0 : sizes & 15];
  const idBytes = version < 2 ? 2 : 4;
  let at = 6;
  let end = 0;
  const read = (bytes: number) => {
    const isRead = at + bytes <= box.length && bytes <= MAX_SIZE_BYTES;
    const value = isRead ? readNumber(box, { at, bytes }) : 0;
    at += bytes;
    return value;
  };
  const items = Math.min(read(idBytes), MAX_BOXES);
  for (let item = 0; item < items && at < box.length; item += 1) {
    read(idBytes);
    const isInFile = version === 0 || (read(2) & 15) === 0;
    read(2);
    const base = read(baseBytes);
    const extents = read(2);
    for (let extent = 0; extent < extents && at < box.length; extent += 1) {
      read(indexBytes);
      const start = base + read(offsetBytes);
      const length = read(lengthBytes);
      if (isInFile) end = Math.max(end, start + length);
    }
  }
  return end;
}

/** Of 0, 4 or 8 bytes, and some others. */
function readNumber(from: Buffer, { at, bytes }: { at: number; bytes: number }): number {
  if (bytes === 8) return Number(from.readBigUInt64BE(at));
  return bytes === 0 || bytes > 6 ? 0 : from.readUIntBE(at, bytes);
}
const MAX_SIZE_BYTES = 8;

/** The items that an image is composed of (ISO 14496-12, 8.11.12). */
function readParts(id: number, box: Buffer | undefined): number[] {
  if (!box) return [];
  const idBytes = box[0] === 0 ? 2 : 4;
  for (const { type, body } of boxesIn(afterVersion(box))) {
    if (type !== 'dimg' || body.length < idBytes + 2 || body.readUIntBE(0, idBytes) !== id)
      continue;
    const count = Math.min(
      body.readUInt16BE(idBytes),
      Math.floor((body.length - idBytes - 2) / idBytes),
    );
    return Array.from({ length: count }, (_none, index) =>
      body.readUIntBE(idBytes + 2 + index * idBytes, idBytes),
    );
  }
  return [];
}

/** The numbers of the properties of an item, from 1 (ISO 23008-12, 9.3.1). */
function propertiesOf(id: number | null, box: Buffer | undefined): number[] {
  if (!box || id === null || box.length < 8) return [];
  const [isWideId, isWideIndex] = [(box[0] ?? 0) >= 1, ((box[3] ?? 0) & 1) === 1];
  const entries = Math.min(box.readUInt32BE(4), MAX_BOXES);
  let at = 8;
  for (let entry = 0; entry < entries; entry += 1) {
    const idBytes = isWideId ? 4 : 2;
    if (at + idBytes + 1 > box.length) return [];
    const entryId = box.readUIntBE(at, idBytes);
    const count = box[at + idBytes] ?? 0;
    const start = at + idBytes + 1;
    at = start + count * (isWideIndex ? 2 : 1);
    if (at > box.length) return [];
    if (entryId !== id) continue;
    return Array.from({ length: count }, (_none, index) =>
      isWideIndex ? box.readUInt16BE(start + 2 * index) & 0x7fff : (box[start + index] ?? 0) & 0x7f,
    );
  }
  return [];
}
