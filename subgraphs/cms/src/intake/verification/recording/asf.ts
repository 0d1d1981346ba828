import { FILE_TYPES } from '../../../files/file-types/file-types.ts';
import { corrupt } from '../inspection.ts';
import type { Inspector } from '../job.ts';
import { incomplete, unreadable } from './outcome.ts';
import { probeVideo } from './probe-video.ts';
import { type Read, readAhead } from './read-ahead.ts';

const HEADER = '3026b2758e66cf11a6d900aa0062ce6c';
const FILE_PROPERTIES = 'a1dcab8c47a9cf118ee400c00c205365';
const DATA = '3626b2758e66cf11a6d900aa0062ce6c';
const OBJECT_BYTES = 24;
const DATA_HEADER_BYTES = 50;
const MAX_OBJECTS = 1000;
const FLAGS_OFFSET = 88;

export const beginsLikeAsf = (head: Buffer) => head.toString('hex', 0, 16) === HEADER;

/** The object with the packets states its length, unless the file is a broadcast (ASF specification, 3.2 and 5). */
export const inspectAsf: Inspector = ({ file, type, job: { path, byteSize } }) => {
  const read = readAhead(file);
  const header = objectAt(read, 0);
  if (!header) return unreadable(type);
  const data = objectAt(read, header.end);
  if (header.end > byteSize || !data) return incomplete(type);
  if (data.id !== DATA) return unreadable(type);
  const isBroadcast = (flagsIn(read, header.end) & 1) === 1;
  if (!isBroadcast && data.end > byteSize) return incomplete(type);
  if (byteSize - header.end <= DATA_HEADER_BYTES)
    return corrupt(`The ${type.name} contains no media data.`);
  return probeVideo(path, { byteSize, type, soundOnly: FILE_TYPES.WMA });
};

function objectAt(read: Read, at: number): { id: string; end: number } | null {
  const bytes = read(at, OBJECT_BYTES);
  if (bytes.length < OBJECT_BYTES) return null;
  return { id: bytes.toString('hex', 0, 16), end: at + Number(bytes.readBigUInt64LE(16)) };
}

function flagsIn(read: Read, end: number): number {
  let at = OBJECT_BYTES + 6;
  for (let count = 0; count < MAX_OBJECTS && at < end; count++) {
    const object = objectAt(read, at);
    if (!object || object.end <= at) return 0;
    const flags = read(at + FLAGS_OFFSET, 4);
    if (object.id === FILE_PROPERTIES) return flags.length === 4 ? flags.readUInt32LE() : 0;
    at = object.end;
  }
  return 0;
}
