import { runCommand } from './command.ts';
import type { Check } from './check.ts';
import { sourcePaths } from './source-files.ts';

const folders = [
  'apps',
  'bench',
  'examples',
  'gateway',
  'packages',
  'prisma',
  'scripts',
  'subgraphs',
  'test',
];

/**
 * dependency-cruiser passes silently when it cannot read TypeScript. The check therefore compares the number of
 * modules with the number of source files.
 */
export const arrows: Check = {
  name: 'import rules',
  async run() {
    const expected = (await sourcePaths()).filter(
      (path) => /\.tsx?$/.test(path) && folders.includes(path.split('/')[0] ?? ''),
    ).length;
    const { passed, report } = await runCommand('depcruise', [
      '--config=.dependency-cruiser.mjs',
      '--output-type=err-long',
      ...folders,
    ]);

    const cruised = Number(/\((\d+) modules,/.exec(report)?.[1] ?? 0);
    if (passed && cruised < expected) {
      const reason = `dependency-cruiser read only ${cruised} modules of ${expected} source files.`;
      return { passed: false, report: reason };
    }
    return { passed, report };
  },
};
