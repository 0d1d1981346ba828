import { bannedWords } from './banned-words.ts';
import { outcomeOf, type Check } from './check.ts';
import { sourceFiles, type SourceFile } from './source-files.ts';

/** The types of files whose words are checked, and what of their text is code. */
const checkedTypes: Readonly<Record<string, readonly RegExp[]>> = {
  // Fenced blocks, code spans, targets of links.
  md: [/^```.*?^```$/gms, /`[^`\n]+`/g, /\]\([^)\n]*\)/g],
};

const rules = bannedWords.map(({ pattern, instead }) => ({
  pattern: new RegExp(String.raw`\b(?:${pattern.replaceAll(' ', String.raw`\s+`)})\b`, 'gim'),
  instead,
}));

export function bannedWordsIn(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const prose = withoutCode(path, text);
    return rules.flatMap(({ pattern, instead }) =>
      Array.from(prose.matchAll(pattern), ({ 0: found, index }) => {
        const line = prose.slice(0, index).split('\n').length;
        return `${path}:${line}: "${found.replaceAll(/\s+/g, ' ')}": write ${instead}.`;
      }),
    );
  });
}

/** Same length and same lines, so that positions stay. */
function withoutCode(path: string, text: string): string {
  const code = checkedTypes[path.slice(path.lastIndexOf('.') + 1)] ?? [];
  return code.reduce(
    (prose, pattern) => prose.replaceAll(pattern, (quote) => quote.replaceAll(/[^\n]/g, '_')),
    text,
  );
}

export const plainEnglish: Check = {
  name: 'plain English',
  async run() {
    const types = Object.keys(checkedTypes).join('|');
    return outcomeOf(bannedWordsIn(await sourceFiles(new RegExp(String.raw`\.(?:${types})$`))));
  },
};
