import { isUtf8 } from 'node:buffer';
import { type Claims, contradictionOf, isClaimed } from '../../../files/file-types/claims.ts';
import { FILE_TYPES } from '../../../files/file-types/file-types.ts';
import type { FileType } from '../../../files/file-types/file-type.ts';
import type { FileWindow } from '../../../platform/file-window.ts';
import { type Charset, corrupt, found } from '../inspection.ts';
import type { Inspector } from '../job.ts';
import { rejectFile } from '../verdict.ts';
import {
  type Utf16,
  hasBinaryBytes,
  hasControlCharacters,
  utf16Of,
  wholeCharacters,
} from './text-bytes.ts';

const { CSV, TSV, MARKDOWN, JSON: JSON_TEXT, GLTF } = FILE_TYPES;
const PIECE_BYTES = 2 ** 20;
/** Parsing needs up to twenty times as much memory. Larger files are believed to be what they claim. */
const MAX_PARSED_BYTES = 2 * 2 ** 20;

/**
 * Text in UTF-8, in UTF-16 with a byte order mark, or in another encoding if the name or the declared type says that it
 * is text: any bytes without control characters could be such text. All bytes are read.
 */
export const inspectText: Inspector = ({ file, type: detected, job }) => {
  const type = typeClaimedBy(job) ?? detected;
  const text = readText(file, job.byteSize);
  if (!text || (text.charset === null && !isClaimed(type, job)))
    return corrupt('The file begins as text, but not all of it is text.');

  const mustParse = (type === JSON_TEXT || type === GLTF) && job.byteSize <= MAX_PARSED_BYTES;
  if (!mustParse) return found({ charset: text.charset }, type);
  const value = parse(file.slice(0, job.byteSize), text.charset);
  if (value === undefined || (type === GLTF && !isGltf(value)))
    return rejectFile('TYPE_MISMATCH', `The bytes are text, but not valid ${type.name}.`);
  return found({ charset: text.charset }, type);
};

/** Bytes don't tell one kind of text from another. */
const typeClaimedBy = (claims: Claims): FileType | undefined =>
  [CSV, TSV, MARKDOWN, JSON_TEXT, GLTF].find(
    (type) => isClaimed(type, claims) && !contradictionOf(type, claims),
  );

/** @returns null for bytes that are not text */
function readText(
  file: Pick<FileWindow, 'slice'>,
  byteSize: number,
): { charset: Charset | null } | null {
  const utf16 = utf16Of(file.slice(0, 2));
  if (utf16) return isUtf16(file, byteSize, utf16) ? { charset: 'utf-16' } : null;

  let isUnicode = true;
  let rest: Buffer = Buffer.alloc(0);
  for (let at = 0; at < byteSize; at += PIECE_BYTES) {
    const piece = file.slice(at, PIECE_BYTES);
    const isLast = at + PIECE_BYTES >= byteSize;
    if (hasBinaryBytes(isLast ? withoutEndMark(piece) : piece)) return null;
    if (!isUnicode) continue;
    const bytes = Buffer.concat([rest, piece]);
    const end = isLast ? bytes.length : wholeCharacters(bytes);
    isUnicode = isUtf8(bytes.subarray(0, end));
    rest = bytes.subarray(end);
  }
  return { charset: isUnicode ? 'utf-8' : null };
}

/** Programs of DOS end text with Ctrl+Z. */
const withoutEndMark = (piece: Buffer) => (piece.at(-1) === 0x1a ? piece.subarray(0, -1) : piece);

function isUtf16(file: Pick<FileWindow, 'slice'>, byteSize: number, encoding: Utf16): boolean {
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for (let at = 0; at < byteSize; at += PIECE_BYTES) {
      const isLast = at + PIECE_BYTES >= byteSize;
      const text = decoder.decode(file.slice(at, PIECE_BYTES), { stream: !isLast });
      if (hasControlCharacters(text)) return false;
    }
    return true;
  } catch {
    return false;
  }
}

/** @returns undefined if it is not valid */
function parse(bytes: Buffer, charset: Charset | null): unknown {
  if (charset === null) return undefined;
  try {
    return JSON.parse(new TextDecoder(utf16Of(bytes) ?? charset).decode(bytes));
  } catch {
    return undefined;
  }
}

/** glTF 2.0, 5.17: the only property that is required. */
export function isGltf(value: unknown): boolean {
  const asset = propertyOf(value, 'asset');
  return typeof propertyOf(asset, 'version') === 'string';
}

const propertyOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
