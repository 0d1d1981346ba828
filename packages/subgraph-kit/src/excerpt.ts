/** The maximum length of text of a client or subgraph that a message repeats, in characters. */
const MAX_EXCERPT_LENGTH = 80;
/** The maximum length of an error message that leaves a process, in characters. */
const MAX_MESSAGE_LENGTH = 500;
/** Longer messages are truncated before they are searched, in characters. */
const MAX_SEARCHED_LENGTH = 10_000;

/** Libraries repeat names and values in quotes, or as one word. */
const QUOTATION = /"([^"]*)("|$)/g;
const LONG_WORD = new RegExp(`[^\\s"]{${MAX_EXCERPT_LENGTH + 1},}`, 'g');
/** graphql-js prints an invalid value at the end of its message. */
const LONG_VALUE = new RegExp(`(?<=, found |value: )[^]{${MAX_EXCERPT_LENGTH + 1},}$`);

/** The first 80 characters of `text`; "…" at the end marks the cut. */
export const excerpt = (text: string): string => cut(text, MAX_EXCERPT_LENGTH);

/** Shortens an error message to 500 characters. Names and values that libraries repeat are shortened to excerpts. */
export function shortMessage(message: string): string {
  if (message.length <= MAX_EXCERPT_LENGTH) return message;
  const shortened = message
    .slice(0, MAX_SEARCHED_LENGTH)
    .replace(LONG_VALUE, excerpt)
    .replace(QUOTATION, (_all, quoted: string, end: string) => `"${excerpt(quoted)}${end}`)
    .replace(LONG_WORD, excerpt);
  return cut(shortened, MAX_MESSAGE_LENGTH);
}

function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  // Half of a surrogate pair at the cut would not be valid text.
  return `${text.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
