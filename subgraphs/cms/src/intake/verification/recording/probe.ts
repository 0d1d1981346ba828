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

/** MediaInfo searches some files for more than it is asked for here, which takes seconds. */
const MAX_BYTES = 32 * 2 ** 20;

/** The duration that MediaInfo reports for files without one exceeds this. */
const ENDLESS_SECONDS = 1e8;

let loading: Promise<MediaInfo> | undefined;

/**
 * What MediaInfo finds in the headers, without decoding. Undefined if it fails on the bytes.
 *
 * @param indexBytes the length of an index that it must read as well
 */
export async function probe(
  path: string,
  { byteSize, indexBytes = 0 }: { byteSize: number; indexBytes?: number },
): Promise<readonly Track[] | undefined> {
  await using file = await open(path);
  let remaining = MAX_BYTES + indexBytes;
  loading ??= mediaInfoFactory({ format: 'object' });
  const mediaInfo = await loading;
  try {
    const result = await mediaInfo.analyzeData(byteSize, async (length, offset) => {
      const bytes = await read(file, { length: Math.min(length, remaining), offset });
      remaining -= bytes.length;
      return bytes; // None: the file seems to end.
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

export const videoIn = (tracks: readonly Track[]) =>
  tracks.find((track): track is VideoTrack => isTrackType(track, 'Video'));

export const audioIn = (tracks: readonly Track[]) =>
  tracks.find((track): track is AudioTrack => isTrackType(track, 'Audio'));

/** Null if unknown. */
export function secondsIn(tracks: readonly Track[]): number | null {
  const container = tracks.find((track): track is GeneralTrack => isTrackType(track, 'General'));
  const [video, audio] = [videoIn(tracks), audioIn(tracks)];
  const seconds = container?.Duration ?? video?.Duration ?? audio?.Duration ?? 0;
  return seconds > 0 && seconds < ENDLESS_SECONDS ? seconds : null;
}
