import { corrupt, found } from '../inspection.ts';
import type { Inspector } from '../job.ts';
import { type Frame, FRAME_HEADER_BYTES, findFirstFrame, measureFrames } from './audio-frames.ts';
import { unreadable } from './outcome.ts';
import { readAhead } from './read-ahead.ts';
import { endBeforeTags } from './tags.ts';

const WINDOW_BYTES = 64 * 1024;
const SAMPLES_PER_SECOND = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000,
  7350,
];
const SAMPLES_PER_BLOCK = 1024;

/** The ADTS frame that `header` begins (ISO 13818-7, 6.2). */
export function parseAdtsFrame(header: Buffer): Frame | null {
  if (header.length < FRAME_HEADER_BYTES || (header.readUInt16BE() & 0xfff6) !== 0xfff0)
    return null;
  const samplesPerSecond = SAMPLES_PER_SECOND[(header.readUInt8(2) >> 2) & 15];
  const bytes = (header.readUInt32BE(2) >> 5) & 0x1fff;
  if (!samplesPerSecond || bytes <= FRAME_HEADER_BYTES) return null;
  const blocks = (header.readUInt8(6) & 3) + 1;
  return { bytes, samples: SAMPLES_PER_BLOCK * blocks, samplesPerSecond };
}

/** No header states the length of an AAC file: all frames are counted. */
export const inspectAac: Inspector = ({ file, type, job: { byteSize } }) => {
  const read = readAhead(file, WINDOW_BYTES);
  const end = endBeforeTags(read, byteSize);
  const from = findFirstFrame(read, parseAdtsFrame, end);
  if (from === null) return unreadable(type);
  const measured = measureFrames(read, parseAdtsFrame, { from, end });
  if (!measured.isMostlyAudio) return corrupt(`Most of the ${type.name} is not audio.`);
  return found({ durationSeconds: measured.seconds });
};
