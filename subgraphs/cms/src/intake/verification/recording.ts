import { type FileHandle, open } from 'node:fs/promises';
import {
  type AudioTrack,
  type GeneralTrack,
  type MediaInfo,
  type Track,
  type VideoTrack,
  isTrackType,
  mediaInfoFactory,
} from 'mediainfo.js';
import { ACCEPTED_TYPES, type AcceptedType } from '../../files/file-types/accepted-types.ts';
import type { FileWindow } from './file-window.ts';
import { type Inspection, corrupt, found } from './inspection.ts';
import { hasLastOggPage } from './ogg.ts';
import { rejectFile } from './verdict.ts';

let loading: Promise<MediaInfo> | undefined;

/**
 * Probes video and audio without decoding. A video file must contain video, an audio file only
 * audio: MP4 (M4A) and WebM with audio only are rejected, and so is OGG with video.
 */
export async function inspectRecording(
  path: string,
  { type, byteSize, file }: { type: AcceptedType; byteSize: number; file: FileWindow },
): Promise<Inspection> {
  const maxRead = type === ACCEPTED_TYPES.WAV ? MAX_WAV_BYTES : Infinity;
  const tracks = await probe(path, { byteSize, maxRead });
  if (!tracks) return corrupt(`The ${type.name} cannot be read. The file is damaged.`);
  const container = tracks.find((track): track is GeneralTrack => isTrackType(track, 'General'));
  const video = tracks.find((track): track is VideoTrack => isTrackType(track, 'Video'));
  const audio = tracks.find((track): track is AudioTrack => isTrackType(track, 'Audio'));

  const stated = statedBytes(type, { audio, file });
  const statesMore =
    stated === null ? container?.extra?.['IsTruncated'] === 'Yes' : stated > byteSize;
  const lacksEnd = type === ACCEPTED_TYPES.OGG && !hasLastOggPage(file, byteSize);
  if (statesMore || lacksEnd) return corrupt(`The ${type.name} is incomplete.`);

  const seconds = container?.Duration ?? video?.Duration ?? audio?.Duration ?? 0;
  const durationSeconds = seconds > 0 && seconds < ENDLESS_SECONDS ? seconds : null;
  if (type.mediaType === 'VIDEO') {
    if (video) return foundVideo(type, video, durationSeconds);
    if (audio) return rejectFile('UNSUPPORTED_TYPE', soundOnly(type));
    return corrupt(`The ${type.name} contains no video.`);
  }
  if (video) return rejectFile('UNSUPPORTED_TYPE', `Video in ${type.name} is not accepted.`);
  if (!isPlayable(audio)) return corrupt(`The ${type.name} contains no audio.`);
  if (type === ACCEPTED_TYPES.MP3 && audio.Format !== 'MPEG Audio') {
    return rejectFile(
      'UNSUPPORTED_TYPE',
      'The file starts like MP3 but contains another audio format.',
    );
  }
  return found({ durationSeconds });
}

/** MediaInfo reports a track for every header, even with impossible values. */
const isPlayable = (audio: AudioTrack | undefined): audio is AudioTrack => {
  const samplesPerSecond = audio?.SamplingRate ?? 0;
  return samplesPerSecond > 0 && samplesPerSecond <= MAX_SAMPLES_PER_SECOND;
};

const MAX_SAMPLES_PER_SECOND = 768_000;

const soundOnly = ({ name }: AcceptedType) =>
  `The ${name} contains only audio. Send audio as MP3, WAV or OGG.`;

/**
 * MediaInfo searches the samples for other formats in up to 128 MB, which takes a second. What it is asked for here
 * is in the header, and other formats begin with the samples.
 */
const MAX_WAV_BYTES = 8 * 2 ** 20;

/**
 * Undefined if MediaInfo fails on the bytes.
 *
 * @param maxRead after this many bytes the file seems to end, although its size is known
 */
async function probe(
  path: string,
  { byteSize, maxRead }: { byteSize: number; maxRead: number },
): Promise<readonly Track[] | undefined> {
  await using file = await open(path);
  let hasRead = 0;
  loading ??= mediaInfoFactory({ format: 'object' });
  const mediaInfo = await loading;
  try {
    const result = await mediaInfo.analyzeData(byteSize, async (length, offset) => {
      const bytes = await read(file, { length: hasRead < maxRead ? length : 0, offset });
      hasRead += bytes.length;
      return bytes;
    });
    return result.media?.track ?? [];
  } catch (error) {
    loading = undefined; // Its memory may be corrupt.
    if (error instanceof Error && 'code' in error) throw error; // An error of the disk.
    return undefined;
  }
}

/** Asynchronous, so that a worker that reads a long file notices the end of its parent. */
async function read(file: FileHandle, { length, offset }: { length: number; offset: number }) {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

/** The duration that MediaInfo reports for files without one exceeds this. */
const ENDLESS_SECONDS = 1e8;

/** RIFF sizes from here on mean "unknown": the writer could not go back to the header. */
const UNKNOWN_RIFF_BYTES = 0x7fff_0000;

/**
 * The size that the file states for itself, where MediaInfo is too strict: MP3s that end within a
 * frame and WAVs from a pipe are common and playable. Null to use MediaInfo's result.
 */
function statedBytes(
  type: AcceptedType,
  { audio, file }: { audio: AudioTrack | undefined; file: FileWindow },
): number | null {
  if (type === ACCEPTED_TYPES.MP3) return audio?.StreamSize ?? 0;
  if (type !== ACCEPTED_TYPES.WAV) return null;
  const riff = file.slice(4, 4);
  const riffBytes = riff.length === 4 ? riff.readUInt32LE() : 0;
  return riffBytes < UNKNOWN_RIFF_BYTES ? riffBytes + 8 : 0;
}

function foundVideo(
  type: AcceptedType,
  { Width: width, Height: height, Rotation: rotation }: VideoTrack,
  durationSeconds: number | null,
): Inspection {
  if (!width || !height) return corrupt(`The video in the ${type.name} has no width or height.`);
  const isOnItsSide = Math.round(Number(rotation ?? 0)) % 180 === 90;
  return found({
    width: isOnItsSide ? height : width,
    height: isOnItsSide ? width : height,
    durationSeconds,
  });
}
