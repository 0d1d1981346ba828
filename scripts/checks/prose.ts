import { extname } from 'node:path';
import jsTokens from 'js-tokens';

/** Not checked: what is generated, and what lists or tests the words. */
const uncheckedFiles = [
  'gateway/supergraph.graphql',
  'scripts/checks/banned-words.ts',
  'scripts/checks/plain-english.test.ts',
];

/** The types of files whose words are checked, each with what blanks the code in its text. */
const checkedTypes: Readonly<Record<string, (text: string) => string>> = {
  graphql: withoutGraphqlCode,
  md: withoutMarkdownCode,
  ts: withoutTypeScriptCode,
};

const startsWithAny = (path: string, starts: readonly string[]): boolean =>
  starts.some((start) => path.startsWith(start));

/** The text with everything blanked that is not prose; empty for a file that is not checked. */
export function proseIn({ path, text }: { path: string; text: string }): string {
  const type = extname(path).slice(1);
  if (startsWithAny(path, uncheckedFiles)) return '';
  return checkedTypes[type]?.(text) ?? '';
}

/** Without fenced blocks, code spans and targets of links. */
function withoutMarkdownCode(text: string): string {
  return withoutCodeSpans(text.replaceAll(/^```.*?^```$/gms, blank)).replaceAll(
    /\]\([^)\n]*\)/g,
    blank,
  );
}

/** Descriptions and comments. */
function withoutGraphqlCode(text: string): string {
  const parts = /"""[^]*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*|[^"#]+/g;
  return text.replaceAll(parts, (part) =>
    /^["#]/.test(part) ? withoutCodeSpans(part.replaceAll(/^["#]+/g, blankMark)) : blank(part),
  );
}

/** Comments, and strings with spaces, which are messages and names of tests; those with braces are GraphQL or JSON. */
function withoutTypeScriptCode(text: string): string {
  const tokens = Array.from(jsTokens(text), ({ type, value }) => {
    if (type.endsWith('Comment'))
      return withoutCodeSpans(value.replaceAll(/^ *(?:\/\/|\/?\*+\/?)/gm, blankMark));
    const isString = type === 'StringLiteral' || type.includes('Template');
    return isString && /^[^{}]* [^{}]*$/.test(value.replace(/^[}]|[{]$/g, ''))
      ? withoutCodeSpans(` ${value.slice(1, -1)} `)
      : blank(value);
  });
  return tokens.join('');
}

const withoutCodeSpans = (text: string): string => text.replaceAll(/\\?`[^`\n]+`/g, blank);

/** As long as before, and on as many lines, so that positions stay correct. */
const blank = (code: string): string => code.replaceAll(/\S/g, '_');

/** Signs of comments and strings separate no words: a phrase may continue on the next line. */
const blankMark = (mark: string): string => mark.replaceAll(/\S/g, ' ');
