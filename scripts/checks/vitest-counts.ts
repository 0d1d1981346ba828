import { writeFileSync } from 'node:fs';

import type { Reporter, TestCase, TestModule } from 'vitest/node';

export interface TestCounts {
  passed: number;
  failed: number;
  failures: string[];
  skipped: { name: string; reason: string }[];
}

export function isTestCounts(value: unknown): value is TestCounts {
  return (
    typeof value === 'object' &&
    value !== null &&
    'passed' in value &&
    typeof value.passed === 'number' &&
    'failed' in value &&
    typeof value.failed === 'number' &&
    'failures' in value &&
    Array.isArray(value.failures) &&
    'skipped' in value &&
    Array.isArray(value.skipped)
  );
}

/** Names the file that `pnpm test` reads the counts from. */
export const countsFileVariable = 'TEST_COUNTS_FILE';

/** Writes what ran as JSON. A file that can't be loaded, and a stray error, count as failed tests. */
export default function countingReporter(): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      const counts: TestCounts = {
        passed: 0,
        failed: unhandledErrors.length,
        failures: unhandledErrors.map(({ message }) => message),
        skipped: [],
      };
      for (const module of modules) countModule(module, counts);

      const file = process.env[countsFileVariable];
      if (file) writeFileSync(file, JSON.stringify(counts));
    },
  };
}

function countModule(module: TestModule, counts: TestCounts): void {
  const failedBefore = counts.failed;
  for (const test of module.children.allTests()) countTest(test, counts);
  if (module.ok() || counts.failed > failedBefore) return;
  counts.failed += 1;
  counts.failures.push(`${module.relativeModuleId}: could not be loaded`);
}

function countTest(test: TestCase, counts: TestCounts): void {
  const result = test.result();
  switch (result.state) {
    case 'passed':
      counts.passed += 1;
      break;
    case 'skipped':
      counts.skipped.push({ name: test.fullName, reason: result.note ?? 'no reason given' });
      break;
    case 'failed':
    case 'pending':
      counts.failed += 1;
      counts.failures.push(`${test.module.relativeModuleId} > ${test.fullName}`);
      break;
  }
}
