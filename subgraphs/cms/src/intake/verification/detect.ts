import { fileTypeFromBuffer } from 'file-type';
import {
  ACCEPTED_TYPES,
  type AcceptedType,
  findDetected,
} from '../../files/file-types/accepted-types.ts';
import type { FileWindow } from './file-window.ts';
import { PROLOG_BYTES, beginsLikeSvg } from './svg/source.ts';

const HEAD_BYTES = 4100;

/** A type that is taken; the name of a type that is not; null when the bytes say nothing. */
export type Detected = AcceptedType | string | null;

/** The type the bytes are of by their beginning, whatever they are called. */
export async function detectType(file: Pick<FileWindow, 'slice'>): Promise<Detected> {
  const head = file.slice(0, HEAD_BYTES);
  const recognised = await fileTypeFromBuffer(head);
  if (!recognised || recognised.mime === 'application/xml') {
    if (beginsLikeSvg(file.slice(0, PROLOG_BYTES))) return ACCEPTED_TYPES.SVG;
  }
  if (!recognised) return detectByFirstBytes(head);

  const { mime, ext } = recognised;
  if (mime === 'image/heif' && hasAvifBrand(head)) return ACCEPTED_TYPES.AVIF;
  // Layers I and II share the content type of MP3.
  const accepted = mime === 'audio/mpeg' && ext !== 'mp3' ? undefined : findDetected(mime);
  return accepted ?? mime;
}

/** AVIF may come first as the general `mif1`; then it is among the compatible brands (ISO 14496-12, 4.3). */
function hasAvifBrand(head: Buffer): boolean {
  const end = Math.min(head.readUInt32BE(0), head.length);
  const brands = head.toString('latin1', 16, end).match(/.{4}/gs);
  return brands?.includes('avif') ?? false;
}

/**
 * What file-type does not see in a head alone: TIFFs, whose directory may stand anywhere behind it, and
 * markup, which a browser could take for a page. Text has no mark of its own; its first word has to do.
 */
function detectByFirstBytes(head: Buffer): Detected {
  if (/^(?:II[*+]\0|MM\0[*+])/.test(head.toString('latin1', 0, 4))) return ACCEPTED_TYPES.TIFF;
  return /^\uFEFF?\s*<(?:[!?]|\w)/.test(head.toString('utf8', 0, 512)) ? 'HTML or XML' : null;
}
