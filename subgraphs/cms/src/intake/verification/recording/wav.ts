import type { FileWindow } from '../../../platform/file-window.ts';
import { corrupt, found } from '../inspection.ts';
import type { Inspector } from '../job.ts';
import { SLACK_BYTES, UNKNOWN_BYTES, chunksIn } from './iff-chunks.ts';
import { incomplete, unreadable } from './outcome.ts';
import { type Read, readAhead } from './read-ahead.ts';
import { isSampleRate } from './sample-rate.ts';

/** RIFF, or with 64-bit lengths RF64 (EBU Tech 3306) and BW64 (ITU-R BS.2088). */
export const beginsLikeWav = (head: Buffer) =>
  /^(?:RIFF|RF64|BW64).{4}WAVE/s.test(head.toString('latin1', 0, 12));

/** The length of the samples decides whether the file is whole: that of the RIFF is often wrong. */
export const inspectWav: Inspector = ({ file, type, job: { byteSize } }) => {
  const wave = readWave(file, byteSize);
  if (!wave.format || !isSampleRate(wave.format.samplesPerSecond)) return unreadable(type);
  if (!wave.samples) return corrupt(`The ${type.name} contains no audio.`);

  const { start, stated } = wave.samples;
  const available = Math.max(0, byteSize - start);
  const isUnknown = stated === 0 || (stated >= UNKNOWN_BYTES && stated > available);
  if (!isUnknown && stated > available + SLACK_BYTES) return incomplete(type);
  const bytes = isUnknown ? available : Math.min(stated, available);
  if (bytes === 0) return corrupt(`The ${type.name} contains no audio.`);
  const seconds = secondsOf(bytes, wave.format, isUnknown ? 0 : wave.sampleCount);
  return found({ durationSeconds: seconds > 0 && Number.isFinite(seconds) ? seconds : null });
};

interface Format {
  readonly isUncompressed: boolean;
  readonly samplesPerSecond: number;
  readonly bytesPerSecond: number;
  readonly bytesPerBlock: number;
}

function readWave(file: FileWindow, byteSize: number) {
  const read = readAhead(file);
  let [format, sampleCount, dataBytes]: [Format | null, number, number | null] = [null, 0, null];
  for (const { id, start, bytes } of chunksIn(read, { from: 12, to: byteSize })) {
    if (id === 'fmt ') format = readFormat(read(start, Math.min(bytes, 40)));
    if (id === 'fact') sampleCount = uint32(read, start);
    if (id === 'ds64') dataBytes = uint64(read, start + 8);
    if (id === 'data') {
      const stated = bytes === 0xffff_ffff ? (dataBytes ?? bytes) : bytes;
      return { format, sampleCount, samples: { start, stated } };
    }
  }
  return { format, sampleCount, samples: null };
}

const uint32 = (read: Read, at: number) => {
  const bytes = read(at, 4);
  return bytes.length === 4 ? bytes.readUInt32LE() : 0;
};

const uint64 = (read: Read, at: number) => {
  const bytes = read(at, 8);
  return bytes.length === 8 ? Number(bytes.readBigUInt64LE()) : 0;
};

/** PCM, floating point, A-law and µ-law have a fixed number of bytes for each sample. */
const UNCOMPRESSED = new Set([1, 3, 6, 7]);
const EXTENSIBLE = 0xfffe;

function readFormat(bytes: Buffer): Format | null {
  if (bytes.length < 14) return null;
  const tag = bytes.readUInt16LE(0);
  const actualTag = tag === EXTENSIBLE && bytes.length >= 26 ? bytes.readUInt16LE(24) : tag;
  const channels = bytes.readUInt16LE(2);
  const bits = bytes.length >= 16 ? bytes.readUInt16LE(14) : 8;
  return {
    isUncompressed: UNCOMPRESSED.has(actualTag),
    samplesPerSecond: channels > 0 ? bytes.readUInt32LE(4) : 0,
    bytesPerSecond: bytes.readUInt32LE(8),
    bytesPerBlock: bytes.readUInt16LE(12) || channels * Math.ceil(bits / 8),
  };
}

function secondsOf(bytes: number, format: Format, sampleCount: number): number {
  const { isUncompressed, samplesPerSecond, bytesPerSecond, bytesPerBlock } = format;
  if (isUncompressed) return bytes / bytesPerBlock / samplesPerSecond;
  return sampleCount > 0 ? sampleCount / samplesPerSecond : bytes / bytesPerSecond;
}
