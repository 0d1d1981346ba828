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
 * Probes video and audio by reading here and there: nothing is decoded. A container of video has to hold
 * video, and one of audio only audio: sound in an MP4 (M4A) or WebM is not taken, nor pictures in an OGG.
 */
export async function inspectRecording(
  path: string,
  { type, byteSize, file }: { type: AcceptedType; byteSize: number; file: FileWindow },
): Promise<Inspection> {
  const tracks = await probe(path, byteSize);
  if (!tracks) return corrupt(`The ${type.name} cannot be read. The file is damaged.`);
  const container = tracks.find((track): track is GeneralTrack => isTrackType(track, 'General'));
  const video = tracks.find((track): track is VideoTrack => isTrackType(track, 'Video'));
  const audio = tracks.find((track): track is AudioTrack => isTrackType(track, 'Audio'));

  const announced = announcedBytes(type, { audio, file });
  const announcesMore =
    announced === null ? container?.extra?.['IsTruncated'] === 'Yes' : announced > byteSize;
  const lacksEnd = type === ACCEPTED_TYPES.OGG && !hasLastOggPage(file, byteSize);
  if (announcesMore || lacksEnd) return corrupt(`The ${type.name} is incomplete.`);

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

/** MediaInfo finds a track wherever a header announces one, whatever numbers stand in it. */
const isPlayable = (audio: AudioTrack | undefined): audio is AudioTrack => {
  const samplesPerSecond = audio?.SamplingRate ?? 0;
  return samplesPerSecond > 0 && samplesPerSecond <= MAX_SAMPLES_PER_SECOND;
};

const MAX_SAMPLES_PER_SECOND = 768_000;

const soundOnly = ({ name }: AcceptedType) =>
  `The ${name} contains only audio. Send audio as MP3, WAV or OGG.`;

/** Undefined when MediaInfo fails over the bytes. */
async function probe(path: string, byteSize: number): Promise<readonly Track[] | undefined> {
  await using file = await open(path);
  loading ??= mediaInfoFactory({ format: 'object' });
  const mediaInfo = await loading;
  try {
    const result = await mediaInfo.analyzeData(byteSize, (length, offset) =>
      read(file, { length, offset }),
    );
    return result.media?.track ?? [];
  } catch (error) {
    loading = undefined; // Its memory can't be trusted any more.
    if (error instanceof Error && 'code' in error) throw error; // The disk's fault.
    return undefined;
  }
}

/** Asynchronous, so that a worker whose parent is gone hears of it while a long file is read. */
async function read(file: FileHandle, { length, offset }: { length: number; offset: number }) {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

/** What containers without a length come to. */
const ENDLESS_SECONDS = 1e8;

/** RIFF sizes from here on stand for "unknown": the writer could not go back to fill it in. */
const UNKNOWN_RIFF_BYTES = 0x7fff_0000;

/**
 * How long the file should be by its own account, where MediaInfo is too strict: MP3s that end within a
 * frame are common and play, and so do WAVs written into a pipe. Null: go by MediaInfo.
 */
function announcedBytes(
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
