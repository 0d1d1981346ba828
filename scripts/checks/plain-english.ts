import { bannedWords } from './banned-words.ts';
import { outcomeOf, type Check } from './check.ts';
import { proseIn } from './prose.ts';
import { sourceFiles, type SourceFile } from './source-files.ts';

const rules = bannedWords.map(({ pattern, instead }) => ({
  pattern: new RegExp(String.raw`\b(?:${pattern.replaceAll(' ', String.raw`\s+`)})\b`, 'gim'),
  instead,
}));

export function bannedWordsIn(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const prose = proseIn(file);
    return rules.flatMap(({ pattern, instead }) =>
      Array.from(prose.matchAll(pattern), ({ 0: found, index }) => {
        const line = prose.slice(0, index).split('\n').length;
        return `${file.path}:${line}: "${found.replaceAll(/\s+/g, ' ')}": write ${instead}.`;
      }),
    );
  });
}

export const plainEnglish: Check = {
  name: 'plain English',
  async run() {
    return outcomeOf(bannedWordsIn(await sourceFiles(/\.(?:graphql|md|ts)$/)));
  },
};
