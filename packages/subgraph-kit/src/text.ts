/** Control characters except tab and line breaks (PostgreSQL rejects NUL), and unpaired surrogates. */
const UNPRINTABLE = /[^\P{Cc}\t\n\r]|\p{Cs}/u;

/** Trims the text; null when nothing remains. */
export function trimText(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

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

/**
 * Returns what is wrong with a text of at most `maxLength` characters, ignoring spaces around it; null when it is
 * valid.
 */
export function textProblem(text: string, maxLength: number): string | null {
  const trimmed = text.trim();
  if (lengthOf(trimmed) > maxLength) return `Too long. The maximum is ${maxLength} characters.`;
  return UNPRINTABLE.test(trimmed) ? 'The text must not contain control characters.' : null;
}

/** Returns what is wrong with a required single line of at most `maxLength` characters; null when it is valid. */
export function lineProblem(text: string, maxLength: number): string | null {
  const trimmed = text.trim();
  if (trimmed === '') return 'The text must not be empty.';
  if (/[\n\r]/.test(trimmed)) return 'The text must be a single line.';
  return textProblem(trimmed, maxLength);
}
