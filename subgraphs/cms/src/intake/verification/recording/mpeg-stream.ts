import type { Inspector } from '../job.ts';
import { probeVideo } from './probe-video.ts';
import type { Read } from './read-ahead.ts';

const PACKET_BYTES = 188;
/** Camcorders and Blu-ray discs write four bytes of time before each packet. */
const TIME_BYTES = 4;
const SYNC = 0x47;
const CONVINCING_PACKETS = 10;

/** A program stream of MPEG-1 or MPEG-2 (ISO 11172-1, 2.4.3.2 and ISO 13818-1, 2.5.3.3). */
export function beginsLikeProgramStream(head: Buffer): boolean {
  if (!head.subarray(0, 4).equals(Buffer.of(0, 0, 1, 0xba))) return false;
  const next = head[4] ?? 0;
  return (next & 0xf1) === 0x21 || (next & 0xc4) === 0x44;
}

/** One sync byte for each packet is little evidence, so that there must be several of them. */
export const beginsLikeTransportStream = (read: Read): boolean =>
  [0, TIME_BYTES].some((offset) => {
    if (read(offset, 1)[0] !== SYNC) return false;
    const bytes = read(0, (PACKET_BYTES + offset) * CONVINCING_PACKETS);
    const syncs = Array.from(
      { length: Math.ceil((bytes.length - offset) / (PACKET_BYTES + offset)) },
      (_none, packet) => bytes[offset + packet * (PACKET_BYTES + offset)],
    );
    return syncs.length > 1 && syncs.every((byte) => byte === SYNC);
  });

/** Nothing in such a stream states its length: one that was cut is a shorter one. */
export const inspectMpegStream: Inspector = ({ type, job: { path, byteSize } }) =>
  probeVideo(path, { byteSize, type });
