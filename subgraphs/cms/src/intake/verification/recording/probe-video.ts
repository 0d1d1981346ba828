import type { FileType } from '../../../files/file-types/file-type.ts';
import { type Inspection, corrupt, found } from '../inspection.ts';
import { rejectFile } from '../verdict.ts';
import { displaySizeOf } from './display-size.ts';
import { unreadable, withoutMedia } from './outcome.ts';
import { audioIn, probe, secondsIn, videoIn } from './probe.ts';

/**
 * The properties of a video by MediaInfo alone.
 *
 * @param soundOnly what the file is if it contains only audio; without it, it is rejected then
 */
export async function probeVideo(
  path: string,
  { byteSize, type, soundOnly }: { byteSize: number; type: FileType; soundOnly?: FileType },
): Promise<Inspection> {
  const tracks = await probe(path, { byteSize });
  if (!tracks) return unreadable(type);
  const [video, audio, durationSeconds] = [videoIn(tracks), audioIn(tracks), secondsIn(tracks)];
  if (video) {
    const size = displaySizeOf(video);
    if (!size) return corrupt(`The video in the ${type.name} has no width or height.`);
    return found({ ...size, durationSeconds }, type);
  }
  if (!audio) return withoutMedia(type);
  if (soundOnly) return found({ durationSeconds }, soundOnly);
  return rejectFile(
    'UNSUPPORTED_TYPE',
    `The ${type.name} contains only audio. Send audio as MP3, M4A, WAV, FLAC or OGG.`,
  );
}
