import { outcomeOf, type Check } from './check.ts';
import { sourceFiles, sourcePaths, type SourceFile } from './source-files.ts';

/** A code span that names a file in a folder of the repository. */
const FILE = /`([\w.-]+(?:\/[\w.-]+)+\.(?:ts|tsx|mjs|graphql|prisma|sql|md|json))`/g;

/** Files that the documentation names, from the root or from a folder below it, and that do not exist. */
export function deadPaths(documents: readonly SourceFile[], paths: readonly string[]): string[] {
  const exists = (named: string) =>
    paths.some((path) => path === named || path.endsWith(`/${named}`));
  return documents.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) =>
      Array.from(line.matchAll(FILE), ([, named = '']) => named)
        .filter((named) => !exists(named))
        .map((named) => `${path}:${index + 1}: ${named} does not exist.`),
    ),
  );
}

export const documentedPaths: Check = {
  name: 'paths in the documentation',
  async run() {
    const documents = await sourceFiles(/^(?!CHANGELOG|\.changeset\/).*\.md$/);
    return outcomeOf(deadPaths(documents, await sourcePaths()));
  },
};
