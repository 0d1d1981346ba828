import { fileTypeFromBuffer } from 'file-type';
import {
  ACCEPTED_TYPES,
  type AcceptedType,
  findDetected,
} from '../../files/file-types/accepted-types.ts';
import type { FileWindow } from './file-window.ts';
import { PROLOG_BYTES, beginsLikeSvg } from './svg/source.ts';

const HEAD_BYTES = 4100;

/** An accepted type, the name of another type, or null if the bytes show no type. */
export type Detected = AcceptedType | string | null;

/** Detects the type by the first bytes, whatever the file's name. */
export async function detectType(file: Pick<FileWindow, 'slice'>): Promise<Detected> {
  const head = file.slice(0, HEAD_BYTES);
  const recognised = await fileTypeFromBuffer(head);
  if (!recognised || recognised.mime === 'application/xml') {
    if (beginsLikeSvg(file.slice(0, PROLOG_BYTES))) return ACCEPTED_TYPES.SVG;
  }
  if (!recognised) return detectByFirstBytes(head);

  const { mime, ext } = recognised;
  if (mime === 'image/heif' && hasAvifBrand(head)) return ACCEPTED_TYPES.AVIF;
  // Layers I and II share the MIME type of MP3.
  const accepted = mime === 'audio/mpeg' && ext !== 'mp3' ? undefined : findDetected(mime);
  return accepted ?? mime;
}

/**
 * The main brand of an AVIF may be the general `mif1`. Then `avif` is one of the compatible brands
 * (ISO 14496-12, 4.3).
 */
function hasAvifBrand(head: Buffer): boolean {
  const end = Math.min(head.readUInt32BE(0), head.length);
  const brands = head.toString('latin1', 16, end).match(/.{4}/gs);
  return brands?.includes('avif') ?? false;
}

/**
 * Types that file-type does not detect in the first bytes alone: TIFFs, whose directory may be
 * anywhere, and markup, which a browser could show as a page. Markup has no signature, so its first
 * tag is used.
 */
function detectByFirstBytes(head: Buffer): Detected {
  if (/^(?:II[*+]\0|MM\0[*+])/.test(head.toString('latin1', 0, 4))) return ACCEPTED_TYPES.TIFF;
  return /^\uFEFF?\s*<(?:[!?]|\w)/.test(head.toString('utf8', 0, 512)) ? 'HTML or XML' : null;
}
