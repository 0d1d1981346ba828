/** Longest piece of a client's or a subgraph's text that a message repeats, in characters. */
const MAX_EXCERPT_LENGTH = 80;
/** Longest error message that leaves a process, in characters. */
const MAX_MESSAGE_LENGTH = 500;

/** The start of `text`, at most 80 characters; "…" at its end says that something was cut off. */
export const excerpt = (text: string): string => cut(text, MAX_EXCERPT_LENGTH);

/** An error message of at most 500 characters, whatever was put into it. */
export const shortMessage = (message: string): string => cut(message, MAX_MESSAGE_LENGTH);

function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  // Half of a surrogate pair at the cut would not be valid text.
  return `${text.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
