/** Longest piece of a client's or a subgraph's text that a message repeats, in characters. */
const MAX_EXCERPT_LENGTH = 80;
/** Longest error message that leaves a process, in characters. */
const MAX_MESSAGE_LENGTH = 500;
/** Longer messages are cut before they are searched, in characters. */
const MAX_SEARCHED_LENGTH = 10_000;

/** Libraries repeat names and values between quotes, or as one word. */
const QUOTATION = /"([^"]*)("|$)/g;
const LONG_WORD = new RegExp(`[^\\s"]{${MAX_EXCERPT_LENGTH + 1},}`, 'g');
/** graphql-js prints an invalid value at the end of its message. */
const LONG_VALUE = new RegExp(`(?<=, found |value: )[^]{${MAX_EXCERPT_LENGTH + 1},}$`);

/** The start of `text`, at most 80 characters; "…" at its end says that something was cut off. */
export const excerpt = (text: string): string => cut(text, MAX_EXCERPT_LENGTH);

/**
 * An error message of at most 500 characters. Names and values that libraries put into their messages are cut to
 * excerpts.
 */
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
