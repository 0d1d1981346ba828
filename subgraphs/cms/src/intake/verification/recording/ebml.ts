import type { Read } from './read-ahead.ts';

/** An element of a Matroska or WebM file (RFC 8794). */
export interface Element {
  readonly id: number;
  readonly start: number;
  /** Where its content begins. */
  readonly content: number;
  /** As stated: may be beyond the end of the file. Null if it is unknown, which live recordings write. */
  readonly end: number | null;
}

const MAX_HEADER_BYTES = 12;

/** The element at a position; null if there is no element, or only a part of its header. */
export function readElement(read: Read, start: number): Element | null {
  const header = read(start, MAX_HEADER_BYTES);
  const idBytes = Math.clz32((header[0] ?? 0) << 24) + 1;
  const sizeBytes = Math.clz32((header[idBytes] ?? 0) << 24) + 1;
  if (idBytes > 4 || sizeBytes > 8 || header.length < idBytes + sizeBytes) return null;
  const id = header.readUIntBE(0, idBytes);
  const content = start + idBytes + sizeBytes;
  const size = readSize(header.subarray(idBytes, idBytes + sizeBytes));
  return { id, start, content, end: size === null ? null : content + size };
}

/** Null for all ones, which mean "unknown". */
function readSize(bytes: Buffer): number | null {
  const first = (bytes[0] ?? 0) & (0xff >> bytes.length);
  const isUnknown =
    first === 0xff >> bytes.length && bytes.subarray(1).every((byte) => byte === 0xff);
  return isUnknown ? null : bytes.subarray(1).reduce((sum, byte) => sum * 256 + byte, first);
}

const MAX_ELEMENTS = 100_000;

/** The elements in a buffer. Those that exceed it end with it. */
export function elementsIn(bytes: Buffer): { id: number; bytes: Buffer }[] {
  const read: Read = (offset, length) => bytes.subarray(offset, offset + length);
  const elements: { id: number; bytes: Buffer }[] = [];
  for (let at = 0; at < bytes.length && elements.length < MAX_ELEMENTS;) {
    const element = readElement(read, at);
    if (!element) break;
    at = Math.min(element.end ?? bytes.length, bytes.length);
    elements.push({ id: element.id, bytes: bytes.subarray(element.content, at) });
  }
  return elements;
}

export const unsignedIn = (bytes: Buffer): number =>
  bytes.subarray(0, 8).reduce((sum, byte) => sum * 256 + byte, 0);

export function floatIn(bytes: Buffer): number {
  if (bytes.length === 4) return bytes.readFloatBE();
  return bytes.length === 8 ? bytes.readDoubleBE() : 0;
}
