import { FILE_TYPES } from '../../../files/file-types/file-types.ts';
import { corrupt, found } from '../inspection.ts';
import type { Inspector } from '../job.ts';
import { displaySizeOf } from './display-size.ts';
import { type OggCodec, parseOggCodec } from './ogg-codec.ts';
import { type OggPage, isCutPage, readPage } from './ogg-page.ts';
import { incomplete, unreadable } from './outcome.ts';
import { probe, videoIn } from './probe.ts';
import { type Read, readAhead } from './read-ahead.ts';
import { rejectFile } from '../verdict.ts';

/** Enough of the packet that describes a stream. */
const MAX_FIRST_PACKET_BYTES = 256;
const MAX_STREAMS = 1000;
/** Junk between pages is searched for the next page, which needs time. */
const MAX_JUNK_BYTES = 8 * 2 ** 20;
const CHUNK_BYTES = 4096;

export const beginsLikeOgg = (head: Buffer) => head.toString('latin1', 0, 4) === 'OggS';

/**
 * Follows the pages. A file that was cut within a page or a packet is incomplete. Many whole files lack the flag that
 * ends a stream, so one that was cut between two packets looks like a shorter recording.
 */
export const inspectOgg: Inspector = async ({ file, job: { path, byteSize } }) => {
  const { streams, isCut } = readStreams(readAhead(file), byteSize);
  const kinds = new Set(streams.map(({ codec }) => codec.kind));
  const type = kinds.has('video') ? FILE_TYPES.OGV : FILE_TYPES.OGG;
  if (streams.length === 0) return unreadable(type);
  if (isCut) return incomplete(type);
  if (!kinds.has('video') && !kinds.has('audio')) {
    return rejectFile('UNSUPPORTED_TYPE', `The ${type.name} contains neither audio nor video.`);
  }
  if (streams.every(({ codec, last }) => codec.kind === 'other' || last === null))
    return corrupt(`The ${type.name} contains no media data, only its description.`);
  const durationSeconds = secondsOf(streams);
  if (type === FILE_TYPES.OGG) return found({ durationSeconds }, type);
  const known = streams.find(({ codec }) => codec.kind === 'video')?.codec.size;
  const size = known ?? (await probeSize(path, byteSize));
  return size ? found({ ...size, durationSeconds }, type) : unreadable(type);
};

async function probeSize(path: string, byteSize: number) {
  const tracks = await probe(path, { byteSize });
  const video = tracks && videoIn(tracks);
  return video && displaySizeOf(video);
}

interface Stream {
  readonly codec: OggCodec;
  /** Streams that begin together play together. Others are chained: they play one after the other. */
  readonly link: number;
  first: bigint | null;
  last: bigint | null;
  isContinued: boolean;
}

function readStreams(read: Read, byteSize: number): { streams: Stream[]; isCut: boolean } {
  const streams: Stream[] = [];
  const bySerial = new Map<number, Stream>();
  let [link, hasContent] = [0, false];
  for (const page of pagesOf(read, byteSize)) {
    if (page === null || page.end > byteSize) return { streams, isCut: true };
    if (page.isFirst) {
      if (streams.length === MAX_STREAMS) break;
      if (hasContent) link += 1;
      hasContent = false;
      const bytes = Math.min(page.end - page.content, MAX_FIRST_PACKET_BYTES);
      const codec = parseOggCodec(read(page.content, bytes));
      const stream: Stream = { codec, link, first: null, last: null, isContinued: false };
      streams.push(stream);
      bySerial.set(page.serial, stream);
      continue;
    }
    hasContent = true;
    const stream = bySerial.get(page.serial);
    if (!stream) continue;
    stream.isContinued = page.isContinued;
    if (page.granule === null || page.granule === 0n) continue;
    stream.first ??= page.granule;
    stream.last = page.granule;
  }
  return { streams, isCut: streams.some(({ isContinued }) => isContinued) };
}

/** Null if the file ends within the header of a page. */
function* pagesOf(read: Read, byteSize: number): Generator<OggPage | null> {
  let [at, junk] = [0, 0];
  while (at < byteSize && junk < MAX_JUNK_BYTES) {
    const page = readPage(read, at);
    if (page) {
      yield page;
      at = page.end;
      continue;
    }
    if (isCutPage(read, at)) yield null;
    const next = findPage(read, at + 1, byteSize);
    junk += next - at;
    at = next;
  }
}

/** Where the next page may begin; `byteSize` if nowhere. */
function findPage(read: Read, from: number, byteSize: number): number {
  for (let at = from; at < byteSize; at += CHUNK_BYTES) {
    const found = read(at, CHUNK_BYTES + 3).indexOf('OggS');
    if (found !== -1) return at + found;
  }
  return byteSize;
}

/** A first page that ends later is from the middle of a broadcast. */
const MAX_PAGE_SECONDS = 10;

/** The sum of the links, each as long as its longest stream. Null if none counts in a known way. */
function secondsOf(streams: readonly Stream[]): number | null {
  const longest = new Map<number, number>();
  for (const { codec, link, first, last } of streams) {
    if (!codec.secondsAt || last === null) continue;
    const start = first === null ? 0 : codec.secondsAt(first);
    const seconds = codec.secondsAt(last) - (start > MAX_PAGE_SECONDS ? start : 0);
    longest.set(link, Math.max(longest.get(link) ?? 0, seconds));
  }
  const seconds = [...longest.values()].reduce((sum, link) => sum + link, 0);
  return seconds > 0 ? seconds : null;
}
