import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * graphql 16 ships CommonJS and ES modules side by side and refuses to work with both at once. Node picks
 * CommonJS, as Apollo's packages do; Vite would pick the other.
 */
const oneGraphql = { find: /^graphql$/, replacement: 'graphql/index.js' };

/** Set by `pnpm test --thorough`: random tests take minutes. */
const isThorough = process.env['TEST_THOROUGH'] === '1';

/** Tests wait for databases, timers and processes most of the time. */
const unitTests = {
  testTimeout: isThorough ? 600_000 : 60_000,
  hookTimeout: 60_000,
  maxWorkers: availableParallelism() + 1,
};

/** They start first, so that the last of them does not run alone at the end. */
const longest = [
  'test/new-consumer.test.ts',
  'test/composition-checks.test.ts',
  'test/subgraph-subsets.test.ts',
  'test/isolation.test.ts',
  'test/faults.test.ts',
  'packages/stack/src/stack.test.ts',
  'gateway/src/limits/hostile-requests.test.ts',
  'subgraphs/cms/src/files/library/plans.test.ts',
  'subgraphs/cms/src/intake/verification/verifier.test.ts',
];
/** Journeys that keep the machine busy for minutes: other tests would fail. */
const alone = ['rolling-restart', 'nodes', 'upgrade', 'image'].map(
  (name) => `test/${name}.test.ts`,
);
const isLong = ({ moduleId }: TestSpecification) => longest.some((path) => moduleId.endsWith(path));

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- not of an array
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  resolve: { alias: [oneGraphql] },
  test: {
    exclude: ['**/node_modules/**', '**/generated/**', '**/dist/**'],
    globalSetup: ['packages/stack/src/testing/global-setup.ts'],
    sequence: { sequencer: LongestFirst },
    setupFiles: ['packages/stack/src/testing/patience.ts'],
    // As in patience.ts.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{gateway,subgraphs,packages,scripts}/**/*.test.ts'],
          exclude: ['subgraphs/cms/**'],
          ...unitTests,
        },
      },
      {
        extends: true,
        test: {
          // `pnpm test` runs it in a copy of the tree without consumers: the CMS must not need them.
          name: 'cms',
          root: process.env['CMS_TREE'] ?? import.meta.dirname,
          include: ['subgraphs/cms/**/*.test.ts'],
          ...unitTests,
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          include: ['test/**/*.test.ts'],
          exclude: alone,
          globalSetup: ['test/support/serve-shared-stack.ts'],
          testTimeout: isThorough ? 600_000 : 150_000,
          hookTimeout: 180_000,
          // Each may start its own processes and a browser: with three on two cores, each takes five times as long.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: alone,
          testTimeout: isThorough ? 600_000 : 150_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
