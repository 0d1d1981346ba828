import { outcomeOf, type Check } from './check.ts';
import { sourceFiles, type SourceFile } from './source-files.ts';

const maxLines = 250;

export function longFiles(files: readonly SourceFile[]): string[] {
  return files
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > maxLines)
    .map(({ path, lines }) => `${path} has ${lines} lines; ${maxLines} is the most: split it.`);
}

export const fileLength: Check = {
  name: 'no file over 250 lines',
  async run() {
    const files = await sourceFiles(/\.(ts|tsx|mjs|css|html|graphql|prisma)$/);
    return outcomeOf(longFiles(files.filter(({ path }) => path !== 'gateway/supergraph.graphql')));
  },
};
