import { corrupt, found } from '../inspection.ts';
import type { Inspector } from '../job.ts';
import { SLACK_BYTES, chunksIn } from './iff-chunks.ts';
import { incomplete, unreadable } from './outcome.ts';
import { readAhead } from './read-ahead.ts';
import { isSampleRate } from './sample-rate.ts';

/** AIFF, or with compression AIFF-C. */
export const beginsLikeAiff = (head: Buffer) =>
  /^FORM.{4}AIF[FC]/s.test(head.toString('latin1', 0, 12));

export const inspectAiff: Inspector = ({ file, type, job: { byteSize } }) => {
  const read = readAhead(file);
  let [frames, samplesPerSecond, end] = [0, 0, 0];
  for (const { id, start, bytes } of chunksIn(read, {
    from: 12,
    to: byteSize,
    isBigEndian: true,
  })) {
    const common = id === 'COMM' ? read(start, Math.min(bytes, 18)) : null;
    if (common?.length === 18) {
      frames = common.readUInt32BE(2);
      samplesPerSecond = readExtended(common.subarray(8));
    }
    if (id === 'SSND') end = start + bytes;
  }
  if (!isSampleRate(samplesPerSecond)) return unreadable(type);
  if (end > byteSize + SLACK_BYTES) return incomplete(type);
  if (end === 0 || frames === 0) return corrupt(`The ${type.name} contains no audio.`);
  return found({ durationSeconds: frames / samplesPerSecond });
};

/** An 80-bit floating point number without its last 32 bits, which are zeros in sample rates. */
const readExtended = (bytes: Buffer) =>
  bytes.readUInt32BE(2) * 2 ** ((bytes.readUInt16BE() & 0x7fff) - 16_383 - 31);
