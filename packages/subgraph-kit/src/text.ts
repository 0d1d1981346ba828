import { normalKey, normalText } from './normal-form.ts';

/** Control characters except tab and line breaks (PostgreSQL rejects NUL), and unpaired surrogates. */
const UNPRINTABLE = /[^\P{Cc}\t\n\r]|\p{Cs}/u;
const LINE_BREAK = /[\n\r\p{Zl}\p{Zp}]/u;

/** Counts characters like PostgreSQL: code points. */
export function lengthOf(text: string): number {
  let length = text.length;
  for (let at = 1; at < text.length; at += 1) {
    if (isSurrogate(text, at, 0xdc00) && isSurrogate(text, at - 1, 0xd800)) length -= 1;
  }
  return length;
}

/** Whether the code unit at `at` is one of the 1,024 surrogates from `first` on. */
function isSurrogate(text: string, at: number, first: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= first && unit < first + 0x400;
}

/** Returns what is wrong with a text of at most `maxLength` characters in its normal form; null when it is valid. */
export function textProblem(text: string, maxLength: number): string | null {
  const normal = normalText(text) ?? '';
  if (lengthOf(normal) > maxLength) return `Too long. The maximum is ${maxLength} characters.`;
  return UNPRINTABLE.test(normal) ? 'The text must not contain control characters.' : null;
}

/** The same for a required single line. */
export function lineProblem(text: string, maxLength: number): string | null {
  const normal = normalText(text);
  if (normal === null) return 'The text must not be empty.';
  if (LINE_BREAK.test(normal)) return 'The text must be a single line.';
  return textProblem(normal, maxLength);
}

/** The same for a required key. */
export const keyProblem = (text: string, maxLength: number): string | null =>
  lineProblem(normalKey(text), maxLength);
