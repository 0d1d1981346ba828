import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { projectRoot } from '@federated-media/stack/project';

import { checks, generated } from './checks/all.ts';
import { runChecks, type Counts } from './checks/check.ts';
import { exitOf, toolEnvironment } from './checks/command.ts';
import { countsFileVariable, isTestCounts, type TestCounts } from './checks/vitest-counts.ts';

// With arguments (a file, `-t name`), only those tests run: `pnpm test subgraphs/cms`.
const vitestArguments = process.argv.slice(2).filter((argument) => argument !== '--');

const first = await runChecks([generated]);
const checked = await runChecks(vitestArguments.length > 0 || first.failed > 0 ? [] : checks);
const tested = first.failed > 0 ? nothing() : await runTests(vitestArguments);

for (const { name, reason } of tested.skipped) console.log(`skipped: ${name} (${reason})`);
summarise([first, checked, tested], tested.skipped.length);

/** Vitest in a process of its own: its crash is a failed test and not the end of this one. */
async function runTests(args: readonly string[]): Promise<TestCounts> {
  const folder = await mkdtemp(join(tmpdir(), 'test-counts-'));
  const countsFile = join(folder, 'counts.json');
  try {
    const vitest = spawn(
      'vitest',
      [
        'run',
        '--reporter=default',
        `--reporter=${join(import.meta.dirname, 'checks/vitest-counts.ts')}`,
        ...args,
      ],
      {
        cwd: projectRoot,
        env: { ...toolEnvironment, [countsFileVariable]: countsFile },
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
  try {
    const counts: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isTestCounts(counts) ? counts : nothing();
  } catch {
    return nothing();
  }
}

function failed(counts: TestCounts, reason: string): TestCounts {
  console.log(`FAILED  ${reason}`);
  return { ...counts, failed: counts.failed + 1 };
}

function nothing(): TestCounts {
  return { passed: 0, failed: 0, skipped: [] };
}

/** The last line is read by machines. */
function summarise(parts: readonly Counts[], skipped: number): void {
  const sum = (key: keyof Counts) => parts.reduce((total, part) => total + part[key], 0);
  console.log(
    `\n${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
  );
  process.exitCode = sum('failed') > 0 ? 1 : 0;
}
