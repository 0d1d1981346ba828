import { corrupt, found } from '../inspection.ts';
import type { Inspector } from '../job.ts';
import { findFirstFrame, measureFrames } from './audio-frames.ts';
import { type Mp3Frame, parseInfoFrame, parseMp3Frame } from './mpeg-audio.ts';
import { incomplete, unreadable } from './outcome.ts';
import { readAhead } from './read-ahead.ts';
import { endBeforeTags, skipTags } from './tags.ts';

const WINDOW_BYTES = 64 * 1024;
const INFO_FRAME_BYTES = 64;
/** Whether an encoder counts the info frame, and one that was cut at the end, varies. */
const FRAMES_OF_TOLERANCE = 2;

/**
 * MP3 has no header: only the first frame may state the length. Without it all frames are counted, because the
 * bitrate of the first one says nothing about the others.
 */
export const inspectMp3: Inspector = ({ file, type, job: { byteSize } }) => {
  const read = readAhead(file, WINDOW_BYTES);
  const end = endBeforeTags(read, byteSize);
  if (skipTags(read, 0) >= end) return incomplete(type);
  const first = findFirstFrame(read, parseMp3Frame, end);
  const bytes = read(first ?? 0, INFO_FRAME_BYTES);
  const frame = parseMp3Frame(bytes);
  if (first === null || !frame) return unreadable(type);

  const stated = parseInfoFrame(frame, bytes);
  if (stated && isTrue(stated, { frame, available: end - first })) {
    return found({ durationSeconds: (stated.frames * frame.samples) / frame.samplesPerSecond });
  }
  const from = stated ? first + frame.bytes : first;
  const measured = measureFrames(read, parseMp3Frame, { from, end });
  const missing = (stated?.frames ?? 0) - measured.frames;
  if (missing > FRAMES_OF_TOLERANCE) return incomplete(type);
  if (!measured.isMostlyAudio) return corrupt(`Most of the ${type.name} is not audio.`);
  return found({ durationSeconds: measured.seconds });
};

/**
 * Whether the frames that the first one states can be in the file. If files were joined or cut, it no longer states
 * the truth.
 */
function isTrue(
  stated: { frames: number; bytes: number },
  { frame, available }: { frame: Mp3Frame; available: number },
): boolean {
  const bytesPerFrame = stated.bytes / stated.frames;
  const isPlausible = bytesPerFrame >= MIN_FRAME_BYTES && bytesPerFrame <= MAX_FRAME_BYTES;
  const tolerance = FRAMES_OF_TOLERANCE * frame.bytes;
  return isPlausible && Math.abs(available - stated.bytes) <= tolerance;
}

const MIN_FRAME_BYTES = 24;
const MAX_FRAME_BYTES = 1_441 * 2;
