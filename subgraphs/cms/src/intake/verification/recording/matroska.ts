import { FILE_TYPES } from '../../../files/file-types/file-types.ts';
import { corrupt, found } from '../inspection.ts';
import type { Inspector } from '../job.ts';
import { type Element, readElement, unsignedIn } from './ebml.ts';
import { type MatroskaTrack, readInformation, readTracks } from './matroska-tracks.ts';
import { encrypted, incomplete, unreadable, withoutMedia } from './outcome.ts';
import { type Read, readAhead } from './read-ahead.ts';

/** RFC 9559, 5.1. */
const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
const TRACKS = 0x1654ae6b;
const INFORMATION = 0x1549a966;
const TOP_LEVEL = new Set([
  CLUSTER,
  TRACKS,
  INFORMATION,
  0x114d9b74, // SeekHead
  0x1c53bb6b, // Cues
  0x1254c367, // Tags
  0x1043a770, // Chapters
  0x1941a469, // Attachments
]);
const [TIMESTAMP, SIMPLE_BLOCK, BLOCK_GROUP, BLOCK] = [0xe7, 0xa3, 0xa0, 0xa1];
const MAX_HEADER_BYTES = 2 ** 20;
const MAX_ELEMENTS_BEFORE = 100;

/**
 * Matroska and its subset WebM. A file that states its length is whole if it has it. Live recordings do not; they are
 * whole if their last element is.
 */
export const inspectMatroska: Inspector = ({ file, type, job: { byteSize } }) => {
  const segment = readSegment(readAhead(file), byteSize);
  if (!segment) return unreadable(type);
  const { tracks, isCut, hasBlocks, durationSeconds } = segment;
  if (isCut) return incomplete(type);
  const played = tracks.filter(({ kind }) => kind !== 'other');
  if (played.length === 0) return withoutMedia(type);
  if (played.every(({ isEncrypted }) => isEncrypted)) return encrypted(type);
  if (!hasBlocks) return corrupt(`The ${type.name} contains no media data, only its description.`);

  const video = played.find(({ kind }) => kind === 'video');
  if (!video) {
    const isWebm = type === FILE_TYPES.WEBM;
    return found({ durationSeconds }, isWebm ? FILE_TYPES.WEBA : FILE_TYPES.MKA);
  }
  if (!video.size) return corrupt(`The video in the ${type.name} has no width or height.`);
  return found({ ...video.size, durationSeconds }, type);
};

interface Segment {
  readonly tracks: readonly MatroskaTrack[];
  readonly isCut: boolean;
  readonly hasBlocks: boolean;
  readonly durationSeconds: number | null;
}

function readSegment(read: Read, byteSize: number): Segment | null {
  const segment = findSegment(read, byteSize);
  if (!segment) return null;
  let tracks: MatroskaTrack[] = [];
  let [unit, duration] = [1e-3, 0];
  let isCut = segment.end !== null && segment.end > byteSize;
  let last: Cluster | null = null;
  const to = Math.min(segment.end ?? byteSize, byteSize);
  for (let at = segment.content; at < to && !isCut;) {
    const element = readElement(read, at);
    if (!element) {
      isCut = segment.end === null && isHeaderCut(read, at);
      break;
    }
    const { id, content, end } = element;
    if (end !== null && end > byteSize) isCut = true;
    if (id === TRACKS || id === INFORMATION) {
      const bytes = read(content, Math.min((end ?? content) - content, MAX_HEADER_BYTES));
      if (id === TRACKS) tracks = readTracks(bytes);
      else ({ unit, duration } = readInformation(bytes));
    }
    if (end === null && id !== CLUSTER) break;
    if (id === CLUSTER && (end === null || last === null || duration === 0)) {
      const cluster = readCluster(read, element, byteSize);
      isCut ||= cluster.isCut;
      last = cluster.blocks > 0 || last === null ? cluster : last;
      at = cluster.end;
    } else {
      at = end ?? to;
    }
  }
  const stated = duration * unit;
  const measured = last ? last.lastTimestamp * unit + frameSecondsOf(tracks) : 0;
  return {
    tracks,
    isCut,
    hasBlocks: last !== null && last.blocks > 0,
    durationSeconds: positive(stated) ?? positive(measured),
  };
}

const positive = (seconds: number) => (seconds > 0 && Number.isFinite(seconds) ? seconds : null);

/** How long the last frame is shown. */
const frameSecondsOf = (tracks: readonly MatroskaTrack[]) =>
  Math.max(0, ...tracks.map(({ frameSeconds }) => frameSeconds));

function findSegment(read: Read, byteSize: number): Element | null {
  let at = 0;
  for (let count = 0; count < MAX_ELEMENTS_BEFORE && at < byteSize; count++) {
    const element = readElement(read, at);
    if (!element || element.id === SEGMENT) return element;
    if (element.end === null) return null;
    at = element.end;
  }
  return null;
}

/** Whether the file ends within the header of an element. No element begins with a zero. */
const isHeaderCut = (read: Read, at: number) => {
  const header = read(at, 12);
  return header.length < 12 && (header[0] ?? 0) !== 0;
};

interface Cluster {
  readonly end: number;
  readonly isCut: boolean;
  readonly blocks: number;
  readonly lastTimestamp: number;
}

/** A cluster of unknown length ends where the next element of the segment begins. */
function readCluster(read: Read, { content, end }: Element, byteSize: number): Cluster {
  const to = Math.min(end ?? byteSize, byteSize);
  let [timestamp, blocks, lastTimestamp, isCut, at] = [0, 0, 0, false, content];
  while (at < to && !isCut) {
    const child = readElement(read, at);
    if (!child) {
      isCut = end === null && isHeaderCut(read, at);
      at = to;
      break;
    }
    if (end === null && TOP_LEVEL.has(child.id)) break;
    if (child.end === null) {
      at = to;
      break;
    }
    isCut = child.end > byteSize;
    if (child.id === TIMESTAMP)
      timestamp = unsignedIn(read(child.content, Math.min(8, child.end - child.content)));
    const block = blockIn(read, child);
    if (block !== null) {
      blocks += 1;
      lastTimestamp = Math.max(lastTimestamp, timestamp + relativeTimestamp(read, block));
    }
    at = child.end;
  }
  return { end: end ?? at, isCut, blocks, lastTimestamp };
}

/** Where the content of a block begins; null if the element is no block. */
function blockIn(read: Read, { id, content }: Element): number | null {
  if (id === SIMPLE_BLOCK) return content;
  if (id !== BLOCK_GROUP) return null;
  const first = readElement(read, content);
  return first?.id === BLOCK ? first.content : null;
}

/** After the number of the track, in 1 to 8 bytes. */
function relativeTimestamp(read: Read, block: number): number {
  const bytes = read(block, 10);
  const track = Math.clz32((bytes[0] ?? 0) << 24) + 1;
  return track + 2 <= bytes.length ? bytes.readInt16BE(track) : 0;
}
