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
const samples = () =>
  Buffer.from(Array.from({ length: 8000 }, (_none, at) => (at % 20 < 10 ? 64 : 192)));

/** A part of a RIFF file. `stated` is its length as its header states it. */
export function riffChunk(id: string, content: Buffer, stated = content.length): Buffer {
  const header = Buffer.from(`${id}\0\0\0\0`, 'latin1');
  header.writeUInt32LE(stated, 4);
  return Buffer.concat([header, content]);
}

/** The format of `wav()`. */
export function wavFormat(): Buffer {
  const format = Buffer.alloc(16);
  format.writeUInt16LE(1, 0); // PCM
  format.writeUInt16LE(1, 2); // one channel
  format.writeUInt32LE(8000, 4);
  format.writeUInt32LE(8000, 8);
  format.writeUInt16LE(1, 12);
  format.writeUInt16LE(8, 14);
  return riffChunk('fmt ', format);
}

/** A WAV, with the lengths that its headers state and other chunks before and after the samples. */
export function wav({
  form = 'RIFF',
  riffBytes,
  dataBytes,
  before = [],
  after = [],
}: {
  form?: 'RIFF' | 'RF64' | 'BW64';
  riffBytes?: number;
  dataBytes?: number;
  before?: Buffer[];
  after?: Buffer[];
} = {}): Buffer {
  const chunks = [...before, wavFormat(), riffChunk('data', samples(), dataBytes), ...after];
  const content = Buffer.concat([Buffer.from('WAVE'), ...chunks]);
  return riffChunk(form, content, riffBytes);
}

/** As ffmpeg and sox write it into a pipe: the sizes in the header are unknown. */
export const wavOfUnknownLength = (): Buffer =>
  wav({ riffBytes: 0xffff_ffff, dataBytes: 0xffff_ffff });

/** A second of 8-bit AIFF-C at 8 kHz. */
export function aiff(): Buffer {
  const chunk = (id: string, content: Buffer) => riffChunk(id, content).fill(0, 4, 8);
  const common = chunk('COMM', Buffer.alloc(24));
  common.writeUInt32BE(24, 4);
  common.writeUInt16BE(1, 8);
  common.writeUInt32BE(8000, 10);
  common.writeUInt16BE(8, 14);
  common.writeUInt16BE(16_383 + 12, 16); // 8000 as a floating point number of 80 bits
  common.writeUInt32BE(8000 * 2 ** 19, 18);
  common.write('NONE', 26);
  const sound = chunk('SSND', Buffer.concat([Buffer.alloc(8), samples()]));
  sound.writeUInt32BE(8008, 4);
  const form = chunk('FORM', Buffer.concat([Buffer.from('AIFC'), common, sound]));
  form.writeUInt32BE(form.length - 8, 4);
  return form;
}

/** Silence in MP3 frames of 1,152 samples at 44.1 kHz, with a bitrate that changes from frame to frame. */
export const mp3Frames = (count: number): Buffer =>
  Buffer.concat(
    Array.from({ length: count }, (_none, at) => {
      const [code, bytes] = at % 2 === 0 ? [1, 104] : [9, 417]; // 32 and 128 kbit/s
      return Buffer.concat([Buffer.of(0xff, 0xfb, code << 4, 0xc0), Buffer.alloc(bytes - 4)]);
    }),
  );

export const MP3_FRAME_SECONDS = 1152 / 44_100;

/** The first frame of an MP3, which states how many frames follow. */
export function xingFrame({ frames, bytes }: { frames: number; bytes: number }): Buffer {
  const frame = mp3Frames(1);
  frame.write('Xing', 21);
  frame.writeUInt32BE(3, 25);
  frame.writeUInt32BE(frames, 29);
  frame.writeUInt32BE(bytes, 33);
  return frame;
}

/** An ID3 tag (id3.org, 2.3.0) with content that begins like frames of MP3. */
export function id3Tag(size = 20_000): Buffer {
  const tag = Buffer.alloc(10 + size);
  tag.write('ID3\x03', 'latin1');
  tag.set([(size >> 21) & 0x7f, (size >> 14) & 0x7f, (size >> 7) & 0x7f, size & 0x7f], 6);
  mp3Frames(4).copy(tag, 20);
  return tag;
}
