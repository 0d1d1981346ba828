import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { projectRoot } from '@federated-media/stack/project';

import { exitOf, toolEnvironment } from './command.ts';
import { countsFileVariable, isTestCounts, type TestCounts } from './vitest-counts.ts';

/** Runs tests of the project in a separate process: if it crashes, a test failed. */
export async function runVitest(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<TestCounts> {
  const folder = await mkdtemp(join(tmpdir(), 'test-counts-'));
  const countsFile = join(folder, 'counts.json');
  try {
    const vitest = spawn(
      'vitest',
      [
        'run',
        '--reporter=default',
        `--reporter=${join(import.meta.dirname, 'vitest-counts.ts')}`,
        ...args,
      ],
      {
        cwd: projectRoot,
        env: { ...toolEnvironment, ...environment, [countsFileVariable]: countsFile },
        stdio: 'inherit',
      },
    );
    const exitCode = await exitOf(vitest);
    const counts = await readCounts(countsFile);

    if (counts.passed + counts.failed + counts.skipped.length === 0)
      return failed(counts, 'No test ran.');
    if (exitCode !== 0 && counts.failed === 0) {
      return failed(counts, `Vitest ended with ${String(exitCode)} though no test failed.`);
    }
    return counts;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readCounts(file: string): Promise<TestCounts> {
  const nothing = { passed: 0, failed: 0, failures: [], skipped: [] };
  try {
    const counts: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isTestCounts(counts) ? counts : nothing;
  } catch {
    return nothing;
  }
}

function failed(counts: TestCounts, reason: string): TestCounts {
  return { ...counts, failed: counts.failed + 1, failures: [...counts.failures, reason] };
}
