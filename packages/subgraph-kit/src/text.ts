/** Controls but tab and line ends (PostgreSQL takes no NUL), and halves of surrogate pairs. */
const UNPRINTABLE = /[^\P{Cc}\t\n\r]|\p{Cs}/u;

/** Without the spaces around it; null when nothing is left. */
export function trimText(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

/** Characters as PostgreSQL counts them: an emoji may be several, but never half of one. */
export const lengthOf = (text: string): number => Array.from(text).length;

/** What is wrong with a text of at most `maxLength` characters, spaces around it aside; null when nothing is. */
export function textProblem(text: string, maxLength: number): string | null {
  const trimmed = text.trim();
  if (UNPRINTABLE.test(trimmed)) return 'Control characters are not allowed.';
  return lengthOf(trimmed) > maxLength ? `At most ${maxLength} characters.` : null;
}

/** What is wrong with a text that must say something, on one line, of at most `maxLength` characters. */
export function lineProblem(text: string, maxLength: number): string | null {
  const trimmed = text.trim();
  if (trimmed === '') return 'It can’t be empty.';
  if (/[\n\r]/.test(trimmed)) return 'It must be one line.';
  return textProblem(trimmed, maxLength);
}
