import { inflateSync } from 'node:zlib';
import type { FileType } from '../../../files/file-types/file-type.ts';
import { FILE_TYPES } from '../../../files/file-types/file-types.ts';
import type { FileWindow } from '../../../platform/file-window.ts';
import { type Inspection, corrupt, found } from '../inspection.ts';
import type { Inspector } from '../job.ts';
import { rejectFile } from '../verdict.ts';
import { displaySizeOf } from './display-size.ts';
import { type Box, type Tree, boxesIn, treeOf } from './mp4-boxes.ts';
import { secondsOfFragments } from './mp4-fragments.ts';
import { type Mp4Track, tracksOf } from './mp4-tracks.ts';
import { encrypted, incomplete, unreadable, withoutMedia } from './outcome.ts';
import { probe, secondsIn, videoIn } from './probe.ts';
import { type Read, readAhead } from './read-ahead.ts';

/** An index of ten million samples. */
const MAX_INDEX_BYTES = 64 * 2 ** 20;

/**
 * MP4, MOV and audio in MP4 are the same container. A file is whole if it has all samples that its index lists, or,
 * if it has no index of samples, whole fragments.
 */
export const inspectMp4: Inspector = async ({ file, type, job: { path, byteSize } }) => {
  const read = readAhead(file);
  const layout = readLayout(read, byteSize);
  const movie = layout.index && readMovie(file, layout.index, byteSize);
  if (!movie) return layout.isCut ? incomplete(type) : unreadable(type);

  const tracks = tracksOf(movie).filter(({ kind }) => kind !== 'other');
  if (tracks.length === 0) return withoutMedia(type);
  const refusal = whyNotPlayable(type, tracks) ?? whyNotWhole(type, { tracks, layout, byteSize });
  if (refusal) return refusal;

  const probed = await probe(path, { byteSize, indexBytes: movie.bytes.length });
  if (!probed) return unreadable(type);
  const inFragments = secondsOfFragments(read, byteSize, { movie, tracks });
  const durationSeconds = inFragments > 0 ? inFragments : secondsIn(probed);
  if (!tracks.some(({ kind }) => kind === 'video'))
    return found({ durationSeconds }, FILE_TYPES.M4A);
  const video = videoIn(probed);
  const size = video && displaySizeOf(video);
  if (!size) return corrupt(`The video in the ${type.name} has no width or height.`);
  return found({ ...size, durationSeconds }, type === FILE_TYPES.M4A ? FILE_TYPES.MP4 : type);
};

interface Layout {
  /** The box that lists tracks and samples. */
  readonly index: Box | null;
  readonly fragments: number;
  /** The bytes of samples after the first fragment's header. */
  readonly fragmentBytes: number;
  /** Whether the file ends within a box of samples, or after the header of a fragment. */
  readonly isCut: boolean;
}

function readLayout(read: Read, byteSize: number): Layout {
  let index: Box | null = null;
  let [fragments, fragmentBytes, isCut, isOpen] = [0, 0, false, false];
  for (const box of boxesIn(read, 0, byteSize)) {
    const { type, content, end } = box;
    if (type === 'moov') index ??= box;
    if (type === 'sidx') isCut ||= endOfSegments(read, box) > byteSize;
    if (type === 'moof') {
      fragments += 1;
      isOpen = true;
    }
    if (type === 'mdat') {
      if (fragments > 0) fragmentBytes += end - content;
      isOpen = false;
    }
    isCut ||= end > byteSize && ['moov', 'moof', 'mdat'].includes(type);
  }
  return { index, fragments, fragmentBytes, isCut: isCut || isOpen };
}

const MAX_SEGMENTS_BYTES = 2 ** 20;

/** Where the segments end that an index of segments lists (ISO 14496-12, 8.16.3). */
function endOfSegments(read: Read, { content, end }: Box): number {
  const bytes = read(content, Math.min(end - content, MAX_SEGMENTS_BYTES));
  const isLong = bytes[0] !== 0;
  const entries = bytes.subarray(isLong ? 32 : 24);
  if (entries.length === 0) return end;
  let at = end + (isLong ? Number(bytes.readBigUInt64BE(20)) : bytes.readUInt32BE(16));
  for (let entry = 0; entry + 12 <= entries.length; entry += 12)
    at += entries.readUInt32BE(entry) & 0x7fff_ffff;
  return at;
}

/** The content of the index; null if it cannot be read. Old QuickTime compresses it. */
function readMovie(file: FileWindow, { content, end }: Box, byteSize: number): Tree | null {
  if (end > byteSize || end - content > MAX_INDEX_BYTES) return null;
  const movie = treeOf(file.slice(content, end - content));
  const compressed = movie.child('cmov')?.child('cmvd')?.bytes.subarray(4);
  if (!compressed) return movie;
  try {
    const options = { maxOutputLength: MAX_INDEX_BYTES };
    return treeOf(inflateSync(compressed, options)).child('moov') ?? null;
  } catch {
    return null;
  }
}

function whyNotPlayable(type: FileType, tracks: readonly Mp4Track[]): Inspection | null {
  if (tracks.every(({ isEncrypted }) => isEncrypted)) return encrypted(type);
  if (!tracks.some(({ isElsewhere }) => isElsewhere)) return null;
  return rejectFile('UNSUPPORTED_TYPE', `The ${type.name} refers to another file for its content.`);
}

function whyNotWhole(
  type: FileType,
  { tracks, layout, byteSize }: { tracks: readonly Mp4Track[]; layout: Layout; byteSize: number },
): Inspection | null {
  const { index, fragments, fragmentBytes, isCut } = layout;
  let samples = 0;
  for (const track of tracks) {
    for (const { start, end } of track.chunks()) {
      if (end > byteSize) return incomplete(type);
      const isInIndex = index !== null && start < index.end && end > index.start;
      if (!isInIndex) samples += end - start;
    }
  }
  if (fragments > 0 && isCut) return incomplete(type);
  return samples + fragmentBytes > 0 ? null : withoutSamples(type);
}

const withoutSamples = ({ name }: FileType) =>
  corrupt(`The ${name} contains no media data, only its description.`);
