import type { Tree } from './mp4-boxes.ts';

/** What the index of an MP4 states about a track. */
export interface Mp4Track {
  readonly id: number;
  readonly unitsPerSecond: number;
  readonly kind: 'video' | 'audio' | 'other';
  readonly isEncrypted: boolean;
  /** Whether its samples are in another file. */
  readonly isElsewhere: boolean;
  /** The positions of its samples. */
  chunks(): Iterable<{ start: number; end: number }>;
}

const KINDS: Readonly<Record<string, Mp4Track['kind']>> = { vide: 'video', soun: 'audio' };
const ENCRYPTED = /^(?:enc[av]|drm[is])$/;

export function tracksOf(movie: Tree): Mp4Track[] {
  const tracks = movie.children('trak').map((track) => ({ track, id: idOf(track) }));
  const chapterIds = new Set(tracks.flatMap(({ track }) => chaptersOf(track)));
  return tracks.map(({ track, id }) => readTrack(track, { id, isChapters: chapterIds.has(id) }));
}

function readTrack(track: Tree, { id, isChapters }: { id: number; isChapters: boolean }): Mp4Track {
  const media = track.child('mdia');
  const handler = media?.child('hdlr')?.bytes.toString('latin1', 8, 12) ?? '';
  const information = media?.child('minf');
  const table = information?.child('stbl');
  const sizes = readSizes(table);
  const mediaHeader = media?.child('mdhd')?.bytes ?? Buffer.alloc(0);
  return {
    id,
    unitsPerSecond: uint32(mediaHeader, mediaHeader[0] === 1 ? 20 : 12),
    kind: isChapters ? 'other' : (KINDS[handler] ?? 'other'),
    isEncrypted: ENCRYPTED.test(table?.child('stsd')?.bytes.toString('latin1', 12, 16) ?? ''),
    isElsewhere: refersElsewhere(information?.child('dinf')?.child('dref')),
    chunks: () => chunksOf(table, sizes),
  };
}

/** Version 1 has two times of 64 bits before. */
function idOf(track: Tree): number {
  const header = track.child('tkhd')?.bytes;
  return header ? uint32(header, header[0] === 1 ? 20 : 12) : 0;
}

/** The tracks with images or names of the chapters of a track. */
function chaptersOf(track: Tree): number[] {
  const { bytes } = track.child('tref')?.child('chap') ?? {};
  if (!bytes) return [];
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_none, at) => uint32(bytes, at * 4));
}

/** Only an alias names another file: some writers forget the flag for "in this file" in others. */
function refersElsewhere(references: Tree | undefined): boolean {
  const entry = references?.bytes.subarray(12, 20);
  if (entry?.length !== 8 || entry.toString('latin1', 0, 4) !== 'alis') return false;
  return (entry.readUInt32BE(4) & 1) === 0;
}

interface Sizes {
  readonly count: number;
  /** The bytes of `count` samples from `sample` on. */
  sum(sample: number, count: number): number;
}

const NO_SIZES: Sizes = { count: 0, sum: () => 0 };

/** ISO 14496-12, 8.7.3: the same size for all samples, or a table. */
function readSizes(table: Tree | undefined): Sizes {
  const plain = table?.child('stsz')?.bytes;
  if (plain && plain.length >= 12) {
    const [size, count] = [plain.readUInt32BE(4), plain.readUInt32BE(8)];
    if (size > 0) return { count, sum: (_sample, samples) => samples * size };
    const entries = Math.min(count, Math.floor((plain.length - 12) / 4));
    return fromTable(entries, (sample) => plain.readUInt32BE(12 + sample * 4));
  }
  const compact = table?.child('stz2')?.bytes;
  if (!compact || compact.length < 12) return NO_SIZES;
  const bits = compact[7] ?? 0;
  const entries = bits > 0 ? Math.floor(((compact.length - 12) * 8) / bits) : 0;
  const count = Math.min(compact.readUInt32BE(8), entries);
  if (bits === 16) return fromTable(count, (sample) => compact.readUInt16BE(12 + sample * 2));
  if (bits === 8) return fromTable(count, (sample) => compact.readUInt8(12 + sample));
  if (bits !== 4) return NO_SIZES;
  return fromTable(count, (sample) => {
    const two = compact.readUInt8(12 + (sample >> 1));
    return sample % 2 === 0 ? two >> 4 : two & 15;
  });
}

const fromTable = (count: number, sizeOf: (sample: number) => number): Sizes => ({
  count,
  sum(sample, samples) {
    let sum = 0;
    for (let at = sample; at < sample + samples; at++) sum += sizeOf(at);
    return sum;
  },
});

/** ISO 14496-12, 8.7.4 and 8.7.5: where chunks begin, and how many samples they have. */
function* chunksOf(table: Tree | undefined, sizes: Sizes) {
  const short = table?.child('stco')?.bytes;
  const offsets = short ?? table?.child('co64')?.bytes ?? Buffer.alloc(0);
  const width = short ? 4 : 8;
  const runs = table?.child('stsc')?.bytes ?? Buffer.alloc(0);
  const count = Math.min(uint32(offsets, 4), Math.floor((offsets.length - 8) / width));
  let [run, sample] = [0, 0];
  for (let chunk = 0; chunk < count && sample < sizes.count; chunk++) {
    while (uint32(runs, 8 + (run + 1) * 12) === chunk + 1) run += 1;
    const samples = Math.min(uint32(runs, 12 + run * 12), sizes.count - sample);
    const at = 8 + chunk * width;
    const start = short ? offsets.readUInt32BE(at) : Number(offsets.readBigUInt64BE(at));
    yield { start, end: start + sizes.sum(sample, samples) };
    sample += samples;
  }
}

const uint32 = (bytes: Buffer, at: number) =>
  at >= 0 && at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0;
