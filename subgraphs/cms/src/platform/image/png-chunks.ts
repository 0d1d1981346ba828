import { crc32 } from 'node:zlib';

const SIGNATURE_BYTES = 8;
/** Length, type and checksum of a chunk. */
const FRAME_BYTES = 12;

/** Random access to bytes: fewer, or none, at their end. */
export interface ByteSource {
  slice(start: number, length: number): Buffer;
}

/** Bytes in memory. */
export const sourceOf = (bytes: Buffer): ByteSource => ({
  slice: (start, length) => bytes.subarray(start, start + length),
});

/**
 * Whether the chunks of a PNG continue up to a complete IEND (PNG, 3rd edition, 5.3 and 11.2.5).
 * The decoder does not notice a missing one: it stops at the last row of the first image.
 */
export function isCompletePng(file: ByteSource, byteSize: number): boolean {
  for (const { type, end } of chunksIn(file)) if (type === 'IEND') return end <= byteSize;
  return false;
}

/** The chunks of a PNG up to its end, or up to where bytes are missing. */
export function* chunksIn(
  file: ByteSource,
): Generator<{ type: string; start: number; length: number; end: number }> {
  for (let at = SIGNATURE_BYTES; ;) {
    const head = file.slice(at, 8);
    if (head.length < 8) return;
    const [length, type] = [head.readUInt32BE(), head.toString('latin1', 4)];
    const end = at + FRAME_BYTES + length;
    yield { type, start: at + 8, length, end };
    if (type === 'IEND') return;
    at = end;
  }
}

/** A chunk with its checksum. */
export function pngChunk(type: string, body: Buffer): Buffer {
  const bytes = Buffer.alloc(FRAME_BYTES + body.length);
  bytes.writeUInt32BE(body.length, 0);
  bytes.write(type, 4, 'latin1');
  body.copy(bytes, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + body.length)), 8 + body.length);
  return bytes;
}
