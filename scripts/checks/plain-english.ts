import { extname } from 'node:path';

import { bannedWords } from './banned-words.ts';
import { outcomeOf, type Check } from './check.ts';
import { sourceFiles, type SourceFile } from './source-files.ts';

/** The types of files whose words are checked, each with what blanks the code in its text. */
const checkedTypes: Readonly<Record<string, (text: string) => string>> = {
  md: withoutMarkdownCode,
};

const rules = bannedWords.map(({ pattern, instead }) => ({
  pattern: new RegExp(String.raw`\b(?:${pattern.replaceAll(' ', String.raw`\s+`)})\b`, 'gim'),
  instead,
}));

export function bannedWordsIn(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const prose = checkedTypes[extname(path).slice(1)]?.(text) ?? '';
    return rules.flatMap(({ pattern, instead }) =>
      Array.from(prose.matchAll(pattern), ({ 0: found, index }) => {
        const line = prose.slice(0, index).split('\n').length;
        return `${path}:${line}: "${found.replaceAll(/\s+/g, ' ')}": write ${instead}.`;
      }),
    );
  });
}

/** Without fenced blocks, code spans and targets of links. */
function withoutMarkdownCode(text: string): string {
  return text
    .replaceAll(/^```.*?^```$/gms, blank)
    .replaceAll(/`[^`\n]+`/g, blank)
    .replaceAll(/\]\([^)\n]*\)/g, blank);
}

/** As long as before, and on as many lines, so that positions stay correct. */
function blank(code: string): string {
  return code.replaceAll(/[^\n]/g, '_');
}

export const plainEnglish: Check = {
  name: 'plain English',
  async run() {
    const types = Object.keys(checkedTypes).join('|');
    return outcomeOf(bannedWordsIn(await sourceFiles(new RegExp(String.raw`\.(?:${types})$`))));
  },
};
