import { isUtf8 } from 'node:buffer';
import { type Claims, isClaimed } from '../../../files/file-types/claims.ts';
import { FILE_TYPES, findType, variantsOf } from '../../../files/file-types/file-types.ts';
import type { FileType } from '../../../files/file-types/file-type.ts';
import { hasBinaryBytes, utf16Of, wholeCharacters } from './text-bytes.ts';

const { DOC, MARKDOWN, PDF, TXT, ZIP } = FILE_TYPES;

/** An entry, or the end of an archive without any. */
const ZIP_STARTS = ['PK\x03\x04', 'PK\x05\x06'];
const COMPOUND_START = '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1';
/** How many bytes may precede a PDF (ISO 32000-1, annex H, note 13). */
const MAX_BEFORE_PDF = 1024;

/** Signatures of two or three letters, with which a text may begin. */
const SHORT_SIGNATURES = new Set([
  'application/x-bzip2',
  'application/x-msdownload',
  'application/x-shockwave-flash',
  'audio/mpeg',
  'image/bmp',
  'video/x-flv',
]);

/** Types whose files are text themselves. */
const IN_TEXT = /^application\/(?:pdf|rtf|xml|postscript|eps)$/;

/**
 * Documents, archives and text.
 *
 * @param recognised what the package file-type calls the first bytes
 * @returns a type, or the name of one that is not accepted; undefined for other files
 */
export function detectDocument(
  head: Buffer,
  { recognised, claims }: { recognised: string | undefined; claims: Claims },
): FileType | string | undefined {
  const start = head.toString('latin1', 0, 8);
  if (ZIP_STARTS.some((signature) => start.startsWith(signature)))
    return isPackage(recognised) ? ZIP : undefined;
  if (start === COMPOUND_START) return DOC;
  // Programs look for the end of an archive and skip what precedes it, which could be of any type.
  if (recognised && isPackage(recognised)) return 'An archive after other bytes';

  if (recognised && !isByChance(recognised, claims)) return undefined;
  const text = textOf(head, claims);
  if (text !== null && /^<[a-z!?/]/i.test(text))
    return isMarkdown(text, claims) ? MARKDOWN : 'HTML or XML';
  if (text?.startsWith('#!')) return 'A script';
  if (!recognised && hasPdfHeader(head) && !claimsText(claims)) return PDF;
  return text === null ? undefined : TXT;
}

/** Whether text may begin like this type: `FORMULA` like AIFF, or `BMW` like BMP. Their files are never all text. */
const isByChance = (recognised: string, claims: Claims) =>
  SHORT_SIGNATURES.has(recognised) || (claimsText(claims) && !IN_TEXT.test(recognised));

const isPackage = (mimeType = ZIP.mimeType) => findType(mimeType)?.inspectedAs === 'package';

/** Whether the name or the declared type is that of a text. */
export const claimsText = (claims: Claims): boolean =>
  [TXT, ...variantsOf(TXT)].some((type) => isClaimed(type, claims));

/** Without space at the start. Null for bytes that are not text. */
function textOf(head: Buffer, claims: Claims): string | null {
  const encoding = utf16Of(head);
  if (!encoding) {
    if (hasBinaryBytes(head.at(-1) === 0x1a ? head.subarray(0, -1) : head)) return null;
    // Any other bytes could be text in some encoding.
    if (!isUtf8(head.subarray(0, wholeCharacters(head))) && !claimsText(claims)) return null;
  }
  return new TextDecoder(encoding ?? 'utf-8').decode(head).trimStart();
}

/** Markdown often begins with markup, but is never a whole page. */
function isMarkdown(text: string, claims: Claims): boolean {
  let rest = text;
  while (rest.startsWith('<!--') && rest.includes('-->'))
    rest = rest.slice(rest.indexOf('-->') + 3).trimStart();
  const isPage = /^<(?:\?|!doctype|html|head|body|script|style|svg)/i.test(rest);
  return isClaimed(MARKDOWN, claims) && !isPage;
}

/** At the start of a line, after a mark of the encoding, commands for a printer, or other bytes. */
const hasPdfHeader = (head: Buffer) =>
  /(?:^|[^ -~])%PDF-/.test(head.toString('latin1', 0, MAX_BEFORE_PDF + 5));
