import { type Tree, boxesIn, treeOf } from './mp4-boxes.ts';
import type { Mp4Track } from './mp4-tracks.ts';
import type { Read } from './read-ahead.ts';

const MAX_HEADER_BYTES = 2 ** 20;

/**
 * When the last fragment of the longest track ends: nothing else states the duration of a fragmented MP4 reliably
 * (ISO 14496-12, 8.8). 0 if there are no fragments.
 */
export function secondsOfFragments(
  read: Read,
  byteSize: number,
  { movie, tracks }: { movie: Tree; tracks: readonly Mp4Track[] },
): number {
  const defaults = defaultDurations(movie);
  const ends = new Map<number, number>();
  for (const { type, content, end } of boxesIn(read, 0, byteSize)) {
    if (type !== 'moof') continue;
    const bytes = Buffer.from(read(content, Math.min(end - content, MAX_HEADER_BYTES)));
    for (const fragment of treeOf(bytes).children('traf')) {
      const header = fragment.child('tfhd')?.bytes;
      if (!header || header.length < 8) continue;
      const id = header.readUInt32BE(4);
      const start = startOf(fragment) ?? ends.get(id) ?? 0;
      const duration = defaultDuration(header) ?? defaults.get(id) ?? 0;
      ends.set(id, start + durationOf(fragment, duration));
    }
  }
  const seconds = tracks.map(({ id, unitsPerSecond }) => (ends.get(id) ?? 0) / unitsPerSecond);
  return Math.max(0, ...seconds.filter((second) => Number.isFinite(second)));
}

/** Of the samples of each track. */
const defaultDurations = (movie: Tree) =>
  new Map(
    (movie.child('mvex')?.children('trex') ?? [])
      .filter(({ bytes }) => bytes.length >= 16)
      .map(({ bytes }) => [bytes.readUInt32BE(4), bytes.readUInt32BE(12)]),
  );

const [HAS_OFFSET, HAS_DESCRIPTION, HAS_DURATION] = [0x1, 0x2, 0x8];

/** Of the samples of this fragment; undefined if it does not state it. */
function defaultDuration(header: Buffer): number | undefined {
  const flags = header.readUIntBE(1, 3);
  const at = 8 + (flags & HAS_OFFSET ? 8 : 0) + (flags & HAS_DESCRIPTION ? 4 : 0);
  return flags & HAS_DURATION && at + 4 <= header.length ? header.readUInt32BE(at) : undefined;
}

function startOf(fragment: Tree): number | undefined {
  const bytes = fragment.child('tfdt')?.bytes;
  if (!bytes || bytes.length < 8) return undefined;
  const isLong = bytes[0] === 1 && bytes.length >= 12;
  return isLong ? Number(bytes.readBigUInt64BE(4)) : bytes.readUInt32BE(4);
}

const RUN_HEADER_FLAGS = [0x1, 0x4];
const SAMPLE_DURATION = 0x100;
const SAMPLE_FLAGS = [SAMPLE_DURATION, 0x200, 0x400, 0x800];

function durationOf(fragment: Tree, defaultDuration: number): number {
  let duration = 0;
  for (const { bytes } of fragment.children('trun')) {
    if (bytes.length < 8) continue;
    const flags = bytes.readUIntBE(1, 3);
    const countOf = (known: number[]) => known.filter((flag) => flags & flag).length;
    const [first, width] = [8 + 4 * countOf(RUN_HEADER_FLAGS), 4 * countOf(SAMPLE_FLAGS)];
    const stated = bytes.readUInt32BE(4);
    if (!(flags & SAMPLE_DURATION)) {
      duration += stated * defaultDuration;
      continue;
    }
    const end = Math.min(bytes.length, first + stated * width);
    for (let at = first; at + width <= end; at += width) duration += bytes.readUInt32BE(at);
  }
  return duration;
}
