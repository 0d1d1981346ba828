import { readFileSync } from 'node:fs';

/**
 * Real encodings of one second of ffmpeg's test image (64 × 48) or of a tone, 1 to 4 kB each:
 * `ffmpeg -f lavfi -i testsrc=size=64x48:rate=10:duration=1 …` and `ffmpeg -f lavfi -i
 * sine=frequency=440:duration=1:sample_rate=8000 …`. `sideways.mp4` is `clip.mp4` rotated by 90°,
 * `live.webm` states neither its length nor its duration, `tone.mp4` and `tone.webm` contain only
 * audio.
 */
export type RecordingName =
  | 'clip.mkv'
  | 'clip.mov'
  | 'clip.mp4'
  | 'clip.ogv'
  | 'clip.webm'
  | 'live.webm'
  | 'sideways.mp4'
  | 'tone.m4a'
  | 'tone.mp3'
  | 'tone.mp4'
  | 'tone.ogg'
  | 'tone.opus'
  | 'tone.webm';

export const recording = (name: RecordingName): Buffer =>
  readFileSync(new URL(`recordings/${name}`, import.meta.url));

/** A second of 8-bit PCM at 8 kHz: a square wave of 400 Hz. */
export function wav(): Buffer {
  const samples = Buffer.from(
    Array.from({ length: 8000 }, (_none, at) => (at % 20 < 10 ? 64 : 192)),
  );
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // one channel
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(8000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

/** As ffmpeg and sox write it into a pipe: the sizes in the header are unknown. */
export function wavOfUnknownLength(): Buffer {
  const bytes = wav();
  bytes.writeUInt32LE(0xffff_ffff, 4);
  bytes.writeUInt32LE(0xffff_ffff, 40);
  return bytes;
}
