import { runCommand } from './command.ts';
import type { Check } from './check.ts';
import { sourcePaths } from './source-files.ts';

const folders = ['bench', 'gateway', 'packages', 'prisma', 'scripts', 'subgraphs', 'test'];

/**
 * dependency-cruiser passes, silently, when it can't read TypeScript: so it must have read
 * every file we know of.
 */
export const arrows: Check = {
  name: 'import arrows',
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
      const reason = `Read only ${cruised} modules, and there are ${expected} source files.`;
      return { passed: false, report: reason };
    }
    return { passed, report };
  },
};
