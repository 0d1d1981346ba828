import { corrupt } from '../inspection.ts';
import type { Inspector } from '../job.ts';
import { type Chunk, SLACK_BYTES, UNKNOWN_BYTES, chunksIn } from './iff-chunks.ts';
import { incomplete } from './outcome.ts';
import { probeVideo } from './probe-video.ts';
import { type Read, readAhead } from './read-ahead.ts';

const FORM_BYTES = 4;

export const beginsLikeAvi = (head: Buffer) =>
  /^RIFF.{4}AVI /s.test(head.toString('latin1', 0, 12));

/**
 * The lists of samples decide whether the file is whole, in a long AVI those of all its RIFFs, and the index that
 * lists them (OpenDML 1.02).
 */
export const inspectAvi: Inspector = ({ file, type, job: { path, byteSize } }) => {
  const read = readAhead(file);
  let [movies, end] = [0, 0];
  for (const riff of chunksIn(read, { from: 0, to: byteSize })) {
    if (riff.id !== 'RIFF') continue;
    const first = riff.start + FORM_BYTES;
    const to = isUnknown(riff, byteSize) ? byteSize : Math.min(riff.start + riff.bytes, byteSize);
    for (const chunk of chunksIn(read, { from: first, to })) {
      const list = chunk.id === 'LIST' ? read(chunk.start, 4).toString('latin1') : '';
      if (list === 'hdrl') end = Math.max(end, endOfIndexed(read, chunk));
      if (list !== 'movi') continue;
      if (isUnknown(chunk, byteSize)) movies += byteSize - chunk.start > FORM_BYTES ? 1 : 0;
      else {
        movies += chunk.bytes > FORM_BYTES ? 1 : 0;
        end = Math.max(end, chunk.start + chunk.bytes);
      }
    }
  }
  if (end > byteSize + SLACK_BYTES) return incomplete(type);
  if (movies === 0) return corrupt(`The ${type.name} contains no media data.`);
  return probeVideo(path, { byteSize, type });
};

/** Whether the writer could not go back to the header. */
const isUnknown = ({ start, bytes }: Chunk, byteSize: number) =>
  bytes === 0 || (bytes >= UNKNOWN_BYTES && start + bytes > byteSize);

const INDEX_HEADER_BYTES = 24;
const INDEX_ENTRY_BYTES = 16;
const MAX_INDEX_ENTRIES = 10_000;

/** Where the parts of the index end that the headers of the streams list. */
function endOfIndexed(read: Read, { start, bytes }: Chunk): number {
  let end = 0;
  for (const stream of chunksIn(read, { from: start + FORM_BYTES, to: start + bytes })) {
    if (stream.id !== 'LIST') continue;
    const to = stream.start + stream.bytes;
    for (const { id, start } of chunksIn(read, { from: stream.start + FORM_BYTES, to })) {
      const header = id === 'indx' ? read(start, INDEX_HEADER_BYTES) : null;
      if (header?.length !== INDEX_HEADER_BYTES || header[3] !== 0) continue;
      const entries = Math.min(header.readUInt32LE(4), MAX_INDEX_ENTRIES);
      const list = read(start + INDEX_HEADER_BYTES, entries * INDEX_ENTRY_BYTES);
      for (let at = 0; at + INDEX_ENTRY_BYTES <= list.length; at += INDEX_ENTRY_BYTES)
        end = Math.max(end, Number(list.readBigUInt64LE(at)) + list.readUInt32LE(at + 8));
    }
  }
  return end;
}
