/** What editors write besides characters: tab, line feed, form feed, carriage return. */
const SPACES = new Set([0x09, 0x0a, 0x0c, 0x0d]);

const isBinary = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === 0x7f || (byte < 0x20 && !SPACES.has(byte)) ? 1 : 0,
);
const CONTROL_CHARACTER = /(?![\t\n\f\r\u0080-\u009f])\p{Cc}/u;

/** Whether there are control characters, in an encoding that keeps those of ASCII. */
export function hasBinaryBytes(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 1) if (isBinary[bytes[at] ?? 0]) return true;
  return false;
}

export const hasControlCharacters = (text: string): boolean => CONTROL_CHARACTER.test(text);

export type Utf16 = 'utf-16le' | 'utf-16be';

/** The byte order mark tells UTF-16: without it such text looks like other bytes. */
export function utf16Of([first, second]: Uint8Array): Utf16 | null {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : null;
}

/** How many bytes are whole characters of UTF-8: the last one may continue in the next bytes. */
export function wholeCharacters(bytes: Uint8Array): number {
  let start = bytes.length - 1;
  while (start > bytes.length - 4 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  return (bytes[start] ?? 0) < 0x80 ? bytes.length : Math.max(0, start);
}
