import { corrupt, found } from '../inspection.ts';
import type { Inspector } from '../job.ts';
import { rejectFile } from '../verdict.ts';
import { isGltf } from './text.ts';

const HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const MAX_CHUNKS = 100;
const MAX_JSON_BYTES = 2 * 2 ** 20;
const JSON_CHUNK = 'JSON';

const INCOMPLETE = corrupt(
  'The parts of the GLB are not all in the file. It is probably incomplete.',
);

/** The container of glTF: its chunks are in the file, and the first is the description (glTF 2.0, 4). */
export const inspectModel: Inspector = ({ file, job: { byteSize } }) => {
  const header = file.slice(0, HEADER_BYTES);
  if (header.length < HEADER_BYTES) return INCOMPLETE;
  if (header.readUInt32LE(4) !== 2)
    return rejectFile('UNSUPPORTED_TYPE', 'Only version 2 of GLB is accepted.');
  const end = header.readUInt32LE(8);
  if (end > byteSize) return INCOMPLETE;

  for (let at = HEADER_BYTES, count = 0; at < end; count += 1) {
    const chunk = file.slice(at, CHUNK_HEADER_BYTES);
    if (chunk.length < CHUNK_HEADER_BYTES || count > MAX_CHUNKS) return INCOMPLETE;
    const length = chunk.readUInt32LE(0);
    const start = at + CHUNK_HEADER_BYTES;
    if (start + length > end) return INCOMPLETE;
    const isDescription = count === 0 && chunk.toString('latin1', 4) === JSON_CHUNK;
    if (count === 0 && !(isDescription && isDescribed(() => file.slice(start, length), length)))
      return corrupt('The GLB has no valid description.');
    at = start + length;
  }
  return end > HEADER_BYTES ? found({}) : INCOMPLETE;
};

/** A description above the bound is not parsed. */
function isDescribed(read: () => Buffer, length: number): boolean {
  if (length > MAX_JSON_BYTES) return true;
  try {
    return isGltf(JSON.parse(read().toString('utf8')));
  } catch {
    return false;
  }
}
