import { constants, gunzipSync } from 'node:zlib';
import { broken, Unacceptable } from './unacceptable.ts';

/** Where to look for the root element; licences and DOCTYPEs come before it. */
export const PROLOG_BYTES = 64 * 1024;
/** The same in an SVGZ. They unpack to at most a thousand times as many. */
export const PACKED_PROLOG_BYTES = 16 * 1024;

const SPACE = /[\uFEFF\s]*/y;
/** Each can be read in one way only, so that a long prolog is read fast. */
const COMMENT = '<!--(?:(?!-->)[^])*-->';
const INSTRUCTION = String.raw`<\?(?:(?!\?>)[^])*\?>`;
const SUBSET = String.raw`(?:"[^"]*"|'[^']*'|${COMMENT}|${INSTRUCTION}|(?!<!--|<\?)[^"'\]])*`;
const DOCTYPE_OF_SVG = String.raw`<!DOCTYPE\s+((?:[\w.-]+:)?svg\b[^[>]*(?:\[${SUBSET}\]\s*)?)>`;
const PROLOG = new RegExp(`(?:${COMMENT}|${INSTRUCTION}|${DOCTYPE_OF_SVG})`, 'y');
/** The start of a document up to the end of its DOCTYPE, and the content of that. */
export const DOCTYPE = new RegExp(
  String.raw`^[\uFEFF\s]*(?:(?:${COMMENT}|${INSTRUCTION})\s*)*${DOCTYPE_OF_SVG}`,
);
const ROOT = /<(?:[\w.-]+:)?svg(?![\w.:-])/y;

/** Whether the file is an SVG, well-formed or not. A page that contains SVG is not. */
export function beginsLikeSvg(head: Buffer): boolean {
  const text = new TextDecoder(encodingOf(head) ?? 'utf-8').decode(head);
  let at = 0;
  const skip = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const matches = pattern.test(text);
    if (matches) at = pattern.lastIndex;
    return matches;
  };
  do skip(SPACE);
  while (skip(PROLOG));
  return skip(ROOT);
}

/** A checksum and a size. */
const GZIP_TRAILER_BYTES = 8;

/** The same for the first bytes of a gzip file (SVGZ), which may be damaged later on. */
export function beginsLikePackedSvg(packed: Buffer): boolean {
  const start = packed.subarray(0, -GZIP_TRAILER_BYTES);
  try {
    const head = gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH });
    return beginsLikeSvg(head.subarray(0, PROLOG_BYTES));
  } catch {
    return false;
  }
}

/**
 * The SVG in an SVGZ. An SVG is returned unchanged.
 *
 * @throws Unacceptable if it is damaged, or larger than `maxBytes`
 */
export function unpacked(bytes: Buffer, maxBytes: number): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new Unacceptable(
        'FILE_TOO_LARGE',
        `The file is too large when unpacked. The maximum for SVG is ${maxBytes} bytes.`,
      );
    }
    throw broken('is compressed, and its compressed data is damaged or incomplete');
  }
}

/** @throws Unacceptable for an unknown encoding, or for bytes that are invalid in the declared one */
export function decodeSvg(bytes: Buffer): string {
  const encoding = encodingOf(bytes);
  if (encoding === null) throw broken('has an unknown character encoding');
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError)
      throw broken(`is not valid ${encoding}, the encoding it declares`);
    throw error;
  }
}

/**
 * From the byte order mark or else the XML declaration (XML 1.0, appendix F). Null if it is
 * unknown.
 */
function encodingOf(bytes: Buffer): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  const declaration = bytes.toString('latin1', 0, 200);
  const label = /^<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(declaration)?.[1];
  try {
    const { encoding } = new TextDecoder(label ?? 'utf-8');
    // The declaration was read as single bytes, so the file is not UTF-16.
    return encoding.startsWith('utf-16') ? 'utf-8' : encoding;
  } catch {
    return null;
  }
}
