import { outcomeOf, type Check } from './check.ts';
import { sourceFiles, type SourceFile } from './source-files.ts';

const traces = [
  {
    what: 'an absolute path of one machine',
    in: /./,
    pattern: /(?<![\w.)}\]/-])\/(?:home|Users|root|work|mnt|tmp)\/[\w.-]+/,
  },
  {
    what: 'the URL of a package registry',
    in: /(?:^|\/)(?:pnpm-lock\.yaml|pnpm-workspace\.yaml|package\.json|\.npmrc|\.ci\/[\w-]+)$/,
    pattern: /(?:tarball:|registry\s*[=:]|https?:\/\/[^\s'"]*(?:registry|npm)[^\s'"]*)/i,
  },
];

/** Finds text that works only on the machine on which it was written. */
export function machineTraces(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    traces
      .filter((trace) => trace.in.test(path))
      .flatMap(({ what, pattern }) =>
        text.split('\n').flatMap((line, index) => {
          const found = pattern.exec(line);
          return found ? [`${path}:${index + 1}: ${found[0]} is ${what}.`] : [];
        }),
      ),
  );
}

export const portability: Check = {
  name: 'no path or host of one machine',
  async run() {
    const files = await sourceFiles(
      /(?:\.(?:ts|tsx|mjs|json|yaml|yml|md|html|css|graphql|prisma|sql|toml)|(?:^|\/)(?:\.npmrc|\.editorconfig|\.node-version|CODEOWNERS|Dockerfile|LICENSE)|^\.ci\/[\w-]+)$/,
    );
    return outcomeOf(machineTraces(files));
  },
};
