import { broken } from './unacceptable.ts';

/** Where the root of a document is looked for; licences and DOCTYPEs stand before it. */
export const PROLOG_BYTES = 64 * 1024;

const SPACE = /[\uFEFF\s]*/y;
const PROLOG =
  /(?:<\?[^]*?\?>|<!--[^]*?-->|<!DOCTYPE\s+(?:[\w.-]+:)?svg\b[^[>]*(?:\[[^\]]*\]\s*)?>)/y;
const ROOT = /<(?:[\w.-]+:)?svg(?![\w.:-])/y;

/** Whether a file that begins like this is an SVG, well-formed or not; a page with SVG in it is not. */
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

/** @throws Unacceptable for bytes that are not of the encoding they claim, or of one nobody knows */
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

/** By its byte order mark, else its XML declaration (XML 1.0, appendix F); null when nobody knows it. */
function encodingOf(bytes: Buffer): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  const declaration = bytes.toString('latin1', 0, 200);
  const label = /^<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(declaration)?.[1];
  try {
    const { encoding } = new TextDecoder(label ?? 'utf-8');
    // Read as single bytes, the declaration can't have been written in two.
    return encoding.startsWith('utf-16') ? 'utf-8' : encoding;
  } catch {
    return null;
  }
}
