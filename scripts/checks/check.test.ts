import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { outcomeOf, runChecks, type Check } from './check.ts';
import { runCommand } from './command.ts';

const check = (name: string, run: Check['run']): Check => ({ name, run });
const printed: string[] = [];

beforeEach(() => {
  printed.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
});
afterEach(() => vi.restoreAllMocks());

test('a check with a problem and a broken check count as failed, with the reason', async () => {
  const counts = await runChecks([
    check('fine', async () => outcomeOf([])),
    check('bad', async () => outcomeOf(['first problem', 'second problem'])),
    check('broken', () => Promise.reject(new Error('no such tool'))),
  ]);

  expect(counts).toEqual({ passed: 1, failed: 2 });
  expect(printed.join('\n')).toContain('second problem');
  expect(printed.join('\n')).toContain('no such tool');
});

test('a passing check prints only its name', async () => {
  await runChecks([check('fine', async () => ({ passed: true, report: 'chatter' }))]);
  expect(printed).toEqual([expect.stringMatching(/^ok +fine +\d+\.\d s$/)]);
});

test('a failed command reports both of its streams', async () => {
  const script = 'console.log("out"); console.error("err"); process.exit(3)';
  const { passed, report } = await runCommand('node', ['-e', script]);
  expect(passed).toBe(false);
  expect(report).toContain('out');
  expect(report).toContain('err');
});

test('rejects for a command that does not exist', async () => {
  await expect(runCommand('no-such-program', [])).rejects.toThrow('ENOENT');
});
