import { found } from '../inspection.ts';
import type { Inspector } from '../job.ts';
import { crc16, parseFlacFrame } from './flac-frame.ts';
import { incomplete, unreadable } from './outcome.ts';
import { type Read, readAhead } from './read-ahead.ts';
import { isSampleRate } from './sample-rate.ts';
import { endBeforeTags, skipTags } from './tags.ts';

const BLOCK_HEADER_BYTES = 4;
const STREAM_INFO_BYTES = 34;
const MAX_BLOCKS = 10_000;
/** 65,535 samples of 8 channels and 32 bits, and headers. */
const MAX_FRAME_BYTES = 65_535 * 8 * 4 + 1024;
/** Only a few headers by chance are in a frame, and each is checked. */
const MAX_CANDIDATES = 20;
/** Some encoders state a smaller maximum than their frames have. */
const USUAL_FRAME_BYTES = 64 * 1024;

export const beginsLikeFlac = (head: Buffer) => head.toString('latin1', 0, 4) === 'fLaC';

/**
 * No header of a FLAC states its length in bytes. It is whole if its last frame is (the frame ends with a checksum)
 * and has the last sample that the header states.
 */
export const inspectFlac: Inspector = ({ file, type, job: { byteSize } }) => {
  const read = readAhead(file);
  const info = readStreamInfo(read, skipTags(read, 0));
  if (!info || !isSampleRate(info.samplesPerSecond)) return unreadable(type);
  const { samplesPerSecond, sampleCount } = info;
  const lastSample = findLastSample(read, info, endBeforeTags(read, byteSize));
  if (lastSample === null || lastSample < sampleCount) return incomplete(type);
  return found({ durationSeconds: (sampleCount || lastSample) / samplesPerSecond });
};

interface StreamInfo {
  readonly samplesPerBlock: number;
  readonly maxFrameBytes: number;
  readonly samplesPerSecond: number;
  /** 0 if unknown. */
  readonly sampleCount: number;
}

/** RFC 9639, 8.2. It comes first, but some writers put other blocks before it. */
function readStreamInfo(read: Read, from: number): StreamInfo | null {
  let at = from + 4;
  let info: Buffer | null = null;
  for (let blocks = 0; blocks < MAX_BLOCKS && !info; blocks++) {
    const header = read(at, BLOCK_HEADER_BYTES);
    if (header.length < BLOCK_HEADER_BYTES) return null;
    at += BLOCK_HEADER_BYTES;
    if ((header.readUInt8() & 0x7f) === 0) info = Buffer.from(read(at, STREAM_INFO_BYTES));
    at += header.readUIntBE(1, 3);
  }
  if (info?.length !== STREAM_INFO_BYTES) return null;
  return {
    samplesPerBlock: info.readUInt16BE(2),
    maxFrameBytes: info.readUIntBE(7, 3) || MAX_FRAME_BYTES,
    samplesPerSecond: info.readUIntBE(10, 3) >> 4,
    sampleCount: (info.readUInt8(13) & 15) * 2 ** 32 + info.readUInt32BE(14),
  };
}

/** The number of samples up to the end of the last frame; null if the file ends within a frame. */
function findLastSample(read: Read, info: StreamInfo, end: number): number | null {
  const tailBytes = Math.min(MAX_FRAME_BYTES, Math.max(info.maxFrameBytes, USUAL_FRAME_BYTES));
  const start = Math.max(0, end - tailBytes);
  const bytes = read(start, end - start);
  const withoutZeros = bytes.findLastIndex((byte) => byte !== 0) + 1;
  // A frame may end with zeros, and zeros may follow it.
  for (const zeros of [bytes.length - withoutZeros, 0, 1, 2]) {
    if (withoutZeros + zeros > bytes.length) continue;
    const last = lastFrameIn(bytes.subarray(0, withoutZeros + zeros), info);
    if (last !== null) return last;
  }
  return null;
}

function lastFrameIn(bytes: Buffer, { samplesPerBlock }: StreamInfo): number | null {
  let at = bytes.length;
  for (let candidates = 0; candidates < MAX_CANDIDATES && at > 0;) {
    at = bytes.lastIndexOf(0xff, at - 1);
    if (at === -1) return null;
    const frame = parseFlacFrame(bytes.subarray(at), samplesPerBlock);
    if (!frame) continue;
    candidates += 1;
    if (crc16(bytes.subarray(at)) === 0) return frame.firstSample + frame.samples;
  }
  return null;
}
