import { SIZE } from './jpegs.ts';

const COLUMNS = Math.ceil(SIZE.width / 8);
const ROWS = Math.ceil(SIZE.height / 8);

/**
 * A grey JPEG whose blocks have one colour each, with a restart after every `interval` blocks, as
 * cameras write it. All DC codes have four bits, and each block ends with a 0.
 */
export function encodeBlocks({ interval }: { interval: number }): Buffer {
  const chunks: Buffer[] = [];
  let bits = '';
  let previous = 0;
  for (let block = 0; block < COLUMNS * ROWS; block += 1) {
    if (block > 0 && block % interval === 0) {
      chunks.push(packed(bits), Buffer.from([0xff, 0xd0 + ((block / interval - 1) % 8)]));
      [bits, previous] = ['', 0];
    }
    const value = Math.round(((block % COLUMNS) / COLUMNS - 0.5) * 200);
    bits += codeOf(value - previous) + '0';
    previous = value;
  }
  return Buffer.concat([header(interval), ...chunks, packed(bits), Buffer.from([0xff, 0xd9])]);
}

function codeOf(difference: number): string {
  const size = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
  const value = difference < 0 ? difference + 2 ** size - 1 : difference;
  const code = size.toString(2).padStart(4, '0');
  return size === 0 ? code : code + value.toString(2).padStart(size, '0');
}

/** Fills the last byte with ones and stuffs zeros after 0xff. */
function packed(bits: string): Buffer {
  const bytes: number[] = [];
  for (let at = 0; at < bits.length; at += 8) {
    const byte = Number.parseInt(bits.slice(at, at + 8).padEnd(8, '1'), 2);
    bytes.push(byte, ...(byte === 0xff ? [0] : []));
  }
  return Buffer.from(bytes);
}

function header(interval: number): Buffer {
  const { width, height } = SIZE;
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, [0, ...Array.from({ length: 64 }, () => 8)]),
    segment(0xc0, [8, height >> 8, height & 0xff, width >> 8, width & 0xff, 1, 1, 0x11, 0]),
    segment(0xc4, [0, ...counts(4, 12), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
    segment(0xc4, [0x10, ...counts(1, 1), 0]),
    segment(0xdd, [interval >> 8, interval & 0xff]),
    segment(0xda, [1, 1, 0, 0, 63, 0]),
  ]);
}

/** The counts of a table whose codes all have the same length. */
const counts = (bits: number, codes: number) =>
  Array.from({ length: 16 }, (_none, index) => (index === bits - 1 ? codes : 0));

const segment = (marker: number, body: readonly number[]) =>
  Buffer.from([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 0xff, ...body]);
