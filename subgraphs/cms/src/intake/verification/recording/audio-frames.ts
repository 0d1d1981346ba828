import type { Read } from './read-ahead.ts';
import { ID3_HEADER_BYTES, id3Bytes, skipTags } from './tags.ts';

/** A piece of audio with a header that states its length: the unit of MP3 and AAC files, which have no other header. */
export interface Frame {
  readonly bytes: number;
  readonly samples: number;
  readonly samplesPerSecond: number;
}

/** Null if the bytes begin no frame. */
export type ParseFrame = (header: Buffer) => Frame | null;

export const FRAME_HEADER_BYTES = 7;

/** Two bytes are no evidence. As many frames in a row, each where the one before ends, are. */
const CONVINCING_FRAMES = 3;

/** Players search the first frame in as many bytes after each tag. */
const MAX_JUNK_BEFORE = 64 * 1024;

const MAX_TAGS_IN_JUNK = 100;

/** More junk than that within a file ends it: searching it for frames needs time. */
const MAX_JUNK_WITHIN = 8 * 2 ** 20;

const CHUNK_BYTES = 4096;

/**
 * The first frame of a file. There may be tags, zeros and other bytes before it.
 *
 * @param end where the audio ends at the latest
 */
export function findFirstFrame(read: Read, parse: ParseFrame, end: number): number | null {
  let from = skipTags(read, 0);
  for (let tags = 0; tags < MAX_TAGS_IN_JUNK && from < end; tags++) {
    if (isFrameSequence(read, parse, { at: from, end, mayEnd: true })) return from;
    const limit = Math.min(end, from + MAX_JUNK_BEFORE);
    const frame = search(read, parse, { from, limit, end });
    const tag = findTag(read, { from: from + 1, limit: frame ?? limit });
    if (tag === null) return frame;
    from = skipTags(read, tag);
  }
  return null;
}

/** Players count neither what is between frames nor a last frame that is incomplete. */
export function measureFrames(
  read: Read,
  parse: ParseFrame,
  { from, end }: { from: number; end: number },
): { frames: number; seconds: number; isMostlyAudio: boolean } {
  let [at, frames, seconds, bytes, junk] = [from, 0, 0, 0, 0];
  while (at < end) {
    const header = read(at, ID3_HEADER_BYTES);
    const frame = parse(header);
    if (frame) {
      at += frame.bytes;
      if (at > end) break;
      frames += 1;
      seconds += frame.samples / frame.samplesPerSecond;
      bytes += frame.bytes;
      continue;
    }
    const tagBytes = id3Bytes(header);
    if (tagBytes !== null) {
      at += tagBytes;
      continue;
    }
    const limit = Math.min(end, at + MAX_JUNK_WITHIN - junk);
    const next = search(read, parse, { from: at + 1, limit, end }) ?? end;
    junk += next - at;
    at = next;
  }
  return { frames, seconds, isMostlyAudio: bytes > junk };
}

function search(
  read: Read,
  parse: ParseFrame,
  { from, limit, end }: { from: number; limit: number; end: number },
): number | null {
  for (let at = from; at < limit;) {
    const bytes = read(at, Math.min(CHUNK_BYTES, limit - at));
    if (bytes.length === 0) return null;
    const sync = bytes.indexOf(0xff);
    if (sync === -1) at += bytes.length;
    else if (isFrameSequence(read, parse, { at: at + sync, end, mayEnd: false })) return at + sync;
    else at += sync + 1;
  }
  return null;
}

/** @param mayEnd whether fewer frames are enough if the last one reaches the end of the file */
export function isFrameSequence(
  read: Read,
  parse: ParseFrame,
  { at, end, mayEnd }: { at: number; end: number; mayEnd: boolean },
): boolean {
  const first = parse(read(at, FRAME_HEADER_BYTES));
  if (!first) return false;
  let next = at + first.bytes;
  for (let frames = 1; frames < CONVINCING_FRAMES; frames++) {
    const header = read(next, FRAME_HEADER_BYTES);
    if (next >= end || header.length === 0 || isEndTag(header)) return mayEnd;
    const frame = parse(header);
    if (frame?.samplesPerSecond !== first.samplesPerSecond) return false;
    next += frame.bytes;
  }
  return true;
}

const isEndTag = (header: Buffer) => /^(?:TAG|APETAGE|LYRICSB)/.test(header.toString('latin1'));

function findTag(read: Read, { from, limit }: { from: number; limit: number }): number | null {
  const bytes = read(from, Math.max(0, limit - from));
  for (let at = bytes.indexOf('ID3'); at !== -1; at = bytes.indexOf('ID3', at + 1)) {
    if (id3Bytes(bytes.subarray(at)) !== null) return from + at;
  }
  return null;
}
