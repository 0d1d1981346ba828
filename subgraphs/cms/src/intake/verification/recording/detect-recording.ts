import type { FileType } from '../../../files/file-types/file-type.ts';
import { FILE_TYPES } from '../../../files/file-types/file-types.ts';
import type { FileWindow } from '../../../platform/file-window.ts';
import { parseAdtsFrame } from './aac.ts';
import { beginsLikeAiff } from './aiff.ts';
import { beginsLikeAsf } from './asf.ts';
import { findFirstFrame, isFrameSequence } from './audio-frames.ts';
import { beginsLikeAvi } from './avi.ts';
import { beginsLikeFlac } from './flac.ts';
import { parseMp3Frame } from './mpeg-audio.ts';
import { beginsLikeProgramStream, beginsLikeTransportStream } from './mpeg-stream.ts';
import { beginsLikeOgg } from './ogg.ts';
import { type Read, readAhead } from './read-ahead.ts';
import { skipTags } from './tags.ts';
import { beginsLikeWav } from './wav.ts';

const HEAD_BYTES = 64;
const ELEMENTARY_VIDEO = Buffer.of(0, 0, 1, 0xb3);
const FRAMES_WINDOW_BYTES = 64 * 1024;

const BEGINNINGS: readonly (readonly [(head: Buffer) => boolean, FileType])[] = [
  [beginsLikeOgg, FILE_TYPES.OGG],
  [beginsLikeWav, FILE_TYPES.WAV],
  [beginsLikeFlac, FILE_TYPES.FLAC],
  [beginsLikeAiff, FILE_TYPES.AIFF],
  [beginsLikeAvi, FILE_TYPES.AVI],
  [beginsLikeAsf, FILE_TYPES.WMV],
  [beginsLikeProgramStream, FILE_TYPES.MPEG],
  [beginsLikeQuickTime, FILE_TYPES.MOV],
];

/**
 * The type of video and audio that the package file-type does not detect, or with too little evidence. Undefined for
 * all other files.
 */
export function detectRecording(file: Pick<FileWindow, 'slice'>): FileType | string | undefined {
  const head = file.slice(0, HEAD_BYTES);
  const beginning = BEGINNINGS.find(([begins]) => begins(head));
  if (beginning) return beginning[1];
  if (head.subarray(0, 4).equals(ELEMENTARY_VIDEO)) return 'MPEG video without a container';
  const read = readAhead(file);
  if (head.subarray(0, 3).toString('latin1') === 'ID3') return detectAfterTags(read, file);
  if (isFrameSequence(read, parseAdtsFrame, { at: 0, end: Infinity, mayEnd: true }))
    return FILE_TYPES.AAC;
  return beginsLikeTransportStream(read) ? FILE_TYPES.MPEG_TS : undefined;
}

/** Tags of any length can be before several types of audio, with images in them. */
function detectAfterTags(read: Read, file: Pick<FileWindow, 'slice'>): FileType | string {
  const after = skipTags(read, 0);
  const head = file.slice(after, HEAD_BYTES);
  if (head.length === 0) return FILE_TYPES.MP3;
  if (beginsLikeFlac(head)) return FILE_TYPES.FLAC;
  return detectFrames(file) ?? 'an ID3 tag with unknown content';
}

/**
 * For files that no program knows by their first bytes: zeros and other bytes may be before the first frame of MP3 and
 * AAC, for example in the recording of a broadcast.
 */
export function detectFrames(file: Pick<FileWindow, 'slice'>): FileType | undefined {
  const read = readAhead(file, FRAMES_WINDOW_BYTES);
  const mp3 = findFirstFrame(read, parseMp3Frame, Infinity) ?? Infinity;
  const aac = findFirstFrame(read, parseAdtsFrame, Infinity) ?? Infinity;
  if (Math.min(mp3, aac) === Infinity) return undefined;
  return mp3 < aac ? FILE_TYPES.MP3 : FILE_TYPES.AAC;
}

/** QuickTime from before `ftyp`, with an image or padding first. */
function beginsLikeQuickTime(head: Buffer): boolean {
  return ['pnot', 'skip'].includes(head.toString('latin1', 4, 8)) && head.readUInt32BE() >= 8;
}
