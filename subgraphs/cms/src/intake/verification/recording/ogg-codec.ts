import { type Size, stretch } from './display-size.ts';

/** What a stream in an Ogg file contains, from its first packet. */
export interface OggCodec {
  readonly kind: 'video' | 'audio' | 'other';
  /** The time of a position; null if the codec has another way to count. */
  readonly secondsAt: ((granule: bigint) => number) | null;
  /** Of video, as browsers show it; null if it is in a place that is not known here. */
  readonly size?: Size | null;
}

const OTHER: OggCodec = { kind: 'other', secondsAt: null };

export function parseOggCodec(packet: Buffer): OggCodec {
  const begins = (magic: string) => packet.toString('latin1', 0, magic.length) === magic;
  if (begins('OpusHead') && packet.length >= 19) return opus(packet);
  if (begins('\x01vorbis') && packet.length >= 30) return audio(packet.readUInt32LE(12));
  if (begins('\x7fFLAC') && packet.length >= 51) return audio(packet.readUIntBE(27, 3) >> 4);
  if (begins('Speex   ') && packet.length >= 80) return audio(packet.readUInt32LE(36));
  if (begins('\x80theora') && packet.length >= 42) return theora(packet);
  if (['OVP80', 'BBCD', '\x01video'].some(begins)) {
    return { kind: 'video', secondsAt: null };
  }
  return OTHER;
}

const audio = (samplesPerSecond: number): OggCodec =>
  samplesPerSecond > 0
    ? { kind: 'audio', secondsAt: (granule) => Number(granule) / samplesPerSecond }
    : OTHER;

const OPUS_SAMPLES_PER_SECOND = 48_000;

/** RFC 7845, 4.2: the first samples are not played. */
function opus(packet: Buffer): OggCodec {
  const skipped = packet.readUInt16LE(10);
  const secondsAt = (granule: bigint) => (Number(granule) - skipped) / OPUS_SAMPLES_PER_SECOND;
  return { kind: 'audio', secondsAt };
}

/** Theora specification, 6.2: a position is the number of the last key frame, and the frames since then. */
function theora(packet: Buffer): OggCodec {
  const [numerator, denominator] = [packet.readUInt32BE(22), packet.readUInt32BE(26)];
  const shift = BigInt((packet.readUInt16BE(40) >> 5) & 31);
  const [width, height] = [packet.readUIntBE(14, 3), packet.readUIntBE(17, 3)];
  const ratio = packet.readUIntBE(30, 3) / packet.readUIntBE(33, 3);
  const size = width > 0 && height > 0 ? stretch({ width, height }, ratio) : null;
  if (numerator === 0) return { kind: 'video', secondsAt: null, size };
  const secondsAt = (granule: bigint) => {
    const keyFrame = granule >> shift;
    const frames = keyFrame + (granule - (keyFrame << shift));
    return (Number(frames) * denominator) / numerator;
  };
  return { kind: 'video', secondsAt, size };
}
