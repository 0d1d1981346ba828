import { fileTypeFromBuffer } from 'file-type';
import type { Claims } from '../../files/file-types/claims.ts';
import type { FileType } from '../../files/file-types/file-type.ts';
import { FILE_TYPES, findType } from '../../files/file-types/file-types.ts';
import { claimsText, detectDocument } from './documents/detect-document.ts';
import type { FileWindow } from '../../platform/file-window.ts';
import { detectFrames, detectRecording } from './recording/detect-recording.ts';
import {
  PACKED_PROLOG_BYTES,
  PROLOG_BYTES,
  beginsLikePackedSvg,
  beginsLikeSvg,
} from './svg/source.ts';
import { kindOfTiff } from './tiff.ts';

const HEAD_BYTES = 4100;

/** A type of the table, the name of another type, or null if the bytes show no type. */
export type Detected = FileType | string | null;

/** Detects the type by the first bytes. The name and the declared type matter only for text. */
export async function detectType(
  file: Pick<FileWindow, 'slice'>,
  claims: Claims,
): Promise<Detected> {
  const recording = detectRecording(file);
  // Text may begin with the letters of a signature.
  if (typeof recording === 'object' && !claimsText(claims)) return recording;
  const tiff = kindOfTiff(file);
  if (tiff) return tiff === 'tiff' ? FILE_TYPES.TIFF : 'camera raw';

  const head = file.slice(0, HEAD_BYTES);
  const recognised = await recognise(head);
  if (!recognised || recognised.mime === 'application/xml') {
    if (beginsLikeSvg(file.slice(0, PROLOG_BYTES))) return FILE_TYPES.SVG;
  }
  const document = detectDocument(head, { recognised: recognised?.mime, claims });
  // Bytes that look like text may precede the first frame of an MP3.
  const mayBeJunk = document === FILE_TYPES.TXT && !claimsText(claims);
  if (document) return (mayBeJunk ? detectFrames(file) : undefined) ?? document;
  if (recording) return recording;
  if (!recognised) return detectByFirstBytes(head) ?? detectFrames(file) ?? null;

  const { mime, ext } = recognised;
  if (mime === 'application/gzip' && beginsLikePackedSvg(file.slice(0, PACKED_PROLOG_BYTES)))
    return FILE_TYPES.SVG;
  if (mime.startsWith('image/heif') && hasAvifBrand(head)) return FILE_TYPES.AVIF;
  // file-type calls it MP4.
  if (head.toString('latin1', 4, 12) === 'ftypmif3')
    return head.toString('latin1', 12, 16) === 'avif' ? FILE_TYPES.AVIF : 'minimized HEIF';
  if (ext === 'cur') return 'Windows cursor';
  if (mime === 'audio/mpeg' && ext !== 'mp3') return 'MPEG audio of layer I or II';
  return findType(mime) ?? mime;
}

async function recognise(head: Buffer) {
  const recognised = await fileTypeFromBuffer(head);
  if (!recognised || FROM_TWO_BYTES.has(recognised.mime)) return undefined;
  return recognised.mime === 'image/bmp' && !hasBitmapHeader(head) ? undefined : recognised;
}

/** What file-type concludes from two bytes. `detectRecording` needs more evidence. */
const FROM_TWO_BYTES = new Set(['audio/aac', 'video/mp2t']);

/** Text can begin with the two letters of a bitmap; the size of the second header is one of a few. */
const hasBitmapHeader = (head: Buffer): boolean =>
  head.length >= 26 && BITMAP_HEADER_BYTES.has(head.readUInt32LE(14));
const BITMAP_HEADER_BYTES = new Set([12, 16, 40, 52, 56, 64, 108, 124]);

/**
 * The main brand of an AVIF may be the general `mif1`. Then `avif` is one of the compatible brands
 * (ISO 14496-12, 4.3).
 */
function hasAvifBrand(head: Buffer): boolean {
  const end = Math.min(head.readUInt32BE(0), head.length);
  const brands = head.toString('latin1', 16, end).match(/.{4}/gs);
  return brands?.some((brand) => brand === 'avif' || brand === 'avis') ?? false;
}

/**
 * Markup, which a browser could show as a page, has no signature: file-type does not detect it, so
 * its first tag is used.
 */
const detectByFirstBytes = (head: Buffer): Detected =>
  /^\uFEFF?\s*<(?:[!?]|\w)/.test(head.toString('utf8', 0, 512)) ? 'HTML or XML' : null;
