import type { Read } from './read-ahead.ts';

/** A part of a RIFF or IFF file. */
export interface Chunk {
  readonly id: string;
  /** Where its content begins. */
  readonly start: number;
  /** The length of its content, as stated. */
  readonly bytes: number;
}

const HEADER_BYTES = 8;
const MAX_CHUNKS = 10_000;

/** Writers that count wrongly are off by the length of some headers: nobody hears what is missing then. */
export const SLACK_BYTES = 64;

/** Sizes from here on mean "unknown" if the file is shorter: the writer could not go back to the header. */
export const UNKNOWN_BYTES = 0x7fff_0000;

/** The chunks between two positions, until one that is no chunk. */
export function* chunksIn(
  read: Read,
  { from, to, isBigEndian = false }: { from: number; to: number; isBigEndian?: boolean },
): Generator<Chunk> {
  let at = from;
  for (let count = 0; count < MAX_CHUNKS && at + HEADER_BYTES <= to; count++) {
    const header = read(at, HEADER_BYTES);
    const id = header.toString('latin1', 0, 4);
    if (header.length < HEADER_BYTES || !isId(id)) return;
    const bytes = isBigEndian ? header.readUInt32BE(4) : header.readUInt32LE(4);
    const start = at + HEADER_BYTES;
    yield { id, start, bytes };
    at = start + bytes;
    // Some writers forget the byte that fills up an odd length.
    if (bytes % 2 === 1 && !isId(read(at, 4).toString('latin1'))) at += 1;
  }
}

const isId = (id: string) => /^[\x20-\x7e]{4}$/.test(id);
