import { broken } from './unacceptable.ts';

/** Where to look for the root element; licences and DOCTYPEs come before it. */
export const PROLOG_BYTES = 64 * 1024;

const SPACE = /[\uFEFF\s]*/y;
const PROLOG =
  /(?:<\?[^]*?\?>|<!--[^]*?-->|<!DOCTYPE\s+(?:[\w.-]+:)?svg\b[^[>]*(?:\[[^\]]*\]\s*)?>)/y;
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
