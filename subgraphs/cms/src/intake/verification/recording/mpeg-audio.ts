import type { Frame } from './audio-frames.ts';

const SAMPLES_PER_SECOND = [44_100, 48_000, 32_000];
/** ISO 11172-3, 2.4.2.3 and ISO 13818-3, 2.4.2.3: kbit/s of layer III. 0 states no length. */
const MPEG1_KBITS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG2_KBITS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const LAYER_III = 1;

export interface Mp3Frame extends Frame {
  readonly isMpeg1: boolean;
  readonly isMono: boolean;
}

/** The frame of MPEG audio layer III that `header` begins. */
export function parseMp3Frame(header: Buffer): Mp3Frame | null {
  if (header.length < 4) return null;
  const bits = header.readUInt32BE();
  if (bits >>> 21 !== 0x7ff || ((bits >> 17) & 3) !== LAYER_III) return null;
  const version = (bits >> 19) & 3; // 3: MPEG 1, 2: MPEG 2, 1: reserved, 0: MPEG 2.5
  const isMpeg1 = version === 3;
  const kbits = (isMpeg1 ? MPEG1_KBITS : MPEG2_KBITS)[(bits >> 12) & 15] ?? 0;
  const samplesPerSecond = (SAMPLES_PER_SECOND[(bits >> 10) & 3] ?? 0) / (DIVISORS[version] ?? 0);
  if (kbits === 0 || !(samplesPerSecond > 0 && samplesPerSecond < Infinity)) return null;
  const samples = isMpeg1 ? 1152 : 576;
  const padding = (bits >> 9) & 1;
  const bytes = Math.floor((samples / 8) * ((kbits * 1000) / samplesPerSecond)) + padding;
  return { bytes, samples, samplesPerSecond, isMpeg1, isMono: ((bits >> 6) & 3) === 3 };
}

const DIVISORS: Readonly<Record<number, number>> = { 3: 1, 2: 2, 0: 4 };

const XING_BYTES = 16;
const VBRI_OFFSET = 36;
const VBRI_BYTES = 18;

/**
 * How many frames and bytes follow, from the first frame of most MP3s with a variable bitrate. 0 if it does not state
 * it, null if there is no such frame. The number of bytes includes this frame.
 */
export function parseInfoFrame(
  frame: Mp3Frame,
  bytes: Buffer,
): { frames: number; bytes: number } | null {
  const [stereo, mono] = frame.isMpeg1 ? [36, 21] : [21, 13];
  const xing = bytes.subarray(frame.isMono ? mono : stereo);
  if (xing.length >= XING_BYTES && ['Xing', 'Info'].includes(xing.toString('latin1', 0, 4))) {
    const flags = xing.readUInt32BE(4);
    const hasFrames = flags & 1;
    return {
      frames: hasFrames ? xing.readUInt32BE(8) : 0,
      bytes: flags & 2 ? xing.readUInt32BE(hasFrames ? 12 : 8) : 0,
    };
  }
  const vbri = bytes.subarray(VBRI_OFFSET);
  if (vbri.length < VBRI_BYTES || vbri.toString('latin1', 0, 4) !== 'VBRI') return null;
  return { frames: vbri.readUInt32BE(14), bytes: vbri.readUInt32BE(10) };
}
