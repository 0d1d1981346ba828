/** The header of a FLAC frame (RFC 9639, 9.1), and its checksums. */

export interface FlacFrame {
  readonly firstSample: number;
  readonly samples: number;
}

/**
 * Null if the bytes begin no frame.
 *
 * @param samplesPerBlock of all frames but the last one, if the stream has blocks of a fixed size
 */
export function parseFlacFrame(bytes: Buffer, samplesPerBlock: number): FlacFrame | null {
  const [sync, a = 0, sizes = 0, channels = 0] = bytes;
  if (sync !== 0xff || (a & 0xfe) !== 0xf8 || channels >> 4 > 10 || channels & 1) return null;
  const hasVariableSize = (a & 1) === 1;
  const number = readNumber(bytes);
  if (!number) return null;
  const [blockCode, rateCode] = [sizes >> 4, sizes & 15];
  const blockBytes = blockCode === 6 ? 1 : blockCode === 7 ? 2 : 0;
  const rateBytes = rateCode === 12 ? 1 : rateCode > 12 ? 2 : 0;
  const end = number.end + blockBytes + rateBytes;
  if (blockCode === 0 || rateCode === 15 || end >= bytes.length) return null;
  if (crc8(bytes.subarray(0, end + 1)) !== 0) return null;
  const samples =
    blockBytes > 0 ? bytes.readUIntBE(number.end, blockBytes) + 1 : samplesOf(blockCode);
  const firstSample = hasVariableSize ? number.value : number.value * samplesPerBlock;
  return { firstSample, samples };
}

function samplesOf(blockCode: number): number {
  if (blockCode === 1) return 192;
  return blockCode < 6 ? 576 * 2 ** (blockCode - 2) : 256 * 2 ** (blockCode - 8);
}

/** A number of up to 36 bits in the manner of UTF-8, from the fifth byte on. */
function readNumber(bytes: Buffer): { value: number; end: number } | null {
  const first = bytes[4] ?? 0xff;
  if (first < 0x80) return { value: first, end: 5 };
  const length = Math.clz32(~(first << 24));
  if (length < 2 || length > 7 || bytes.length < 4 + length) return null;
  let value = first & (0x7f >> length);
  for (const byte of bytes.subarray(5, 4 + length)) {
    if (byte >> 6 !== 2) return null;
    value = value * 64 + (byte & 63);
  }
  return { value, end: 4 + length };
}

const table = (polynomial: number, width: 8 | 16) =>
  Uint16Array.from({ length: 256 }, (_none, byte) => {
    let value = byte << (width - 8);
    for (let bit = 0; bit < 8; bit++)
      value = value & (1 << (width - 1)) ? (value << 1) ^ polynomial : value << 1;
    return value & (2 ** width - 1);
  });

const CRC8 = table(0x07, 8);
const CRC16 = table(0x8005, 16);

/** 0 for bytes that end with their own checksum. */
function crc8(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) crc = CRC8[crc ^ byte] ?? 0;
  return crc;
}

/** 0 for bytes that end with their own checksum. */
export function crc16(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ (CRC16[(crc >> 8) ^ byte] ?? 0);
  return crc;
}
