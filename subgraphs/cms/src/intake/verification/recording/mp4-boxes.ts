import type { Read } from './read-ahead.ts';

/** A box of an MP4 or MOV (ISO 14496-12, 4.2). */
export interface Box {
  readonly type: string;
  readonly start: number;
  /** Where its content begins. */
  readonly content: number;
  /** As stated: may be beyond the end of the file. */
  readonly end: number;
}

const HEADER_BYTES = 8;
const LONG_HEADER_BYTES = 16;
const [TO_THE_END, LONG] = [0, 1];
/** More than a recording of ten hours with a fragment for every frame of a tenth of a second. */
const MAX_BOXES = 1_000_000;

/** The boxes between two positions, until one that is no box. */
export function* boxesIn(read: Read, from: number, to: number): Generator<Box> {
  let start = from;
  for (let count = 0; count < MAX_BOXES && start + HEADER_BYTES <= to; count++) {
    const header = read(start, LONG_HEADER_BYTES);
    if (header.length < HEADER_BYTES) return;
    const size = header.readUInt32BE(0);
    if (size === LONG && header.length < LONG_HEADER_BYTES) return;
    const bytes =
      size === TO_THE_END ? to - start : size === LONG ? Number(header.readBigUInt64BE(8)) : size;
    const headerBytes = size === LONG ? LONG_HEADER_BYTES : HEADER_BYTES;
    if (bytes < headerBytes) return;
    const type = header.toString('latin1', 4, 8);
    yield { type, start, content: start + headerBytes, end: start + bytes };
    start += bytes;
  }
}

/** A tree of boxes in memory. Boxes that exceed their parent end with it. */
export interface Tree {
  readonly bytes: Buffer;
  children(type: string): Tree[];
  child(type: string): Tree | undefined;
}

export function treeOf(bytes: Buffer): Tree {
  const read: Read = (offset, length) => bytes.subarray(offset, offset + length);
  const children = (type: string) =>
    [...boxesIn(read, 0, bytes.length)]
      .filter((box) => box.type === type)
      .map(({ content, end }) => treeOf(bytes.subarray(content, end)));
  return { bytes, children, child: (type) => children(type)[0] };
}
