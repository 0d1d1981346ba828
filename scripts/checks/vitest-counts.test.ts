import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { runCommand } from './command.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitest-counts-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function count(files: Record<string, string>): Promise<unknown> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const countsFile = join(folder, 'counts.json');
  const reporter = join(import.meta.dirname, 'vitest-counts.ts');
  await runCommand('vitest', ['run', '--globals', '--root', folder, '--reporter', reporter], {
    environment: { TEST_COUNTS_FILE: countsFile },
  });
  return JSON.parse(await readFile(countsFile, 'utf8'));
}

test('a file that cannot be loaded and an error outside any test count as failed', async () => {
  const counts = await count({
    'good.test.js': "test('passes', () => {}); test('fails', () => { throw new Error('no'); });",
    'unloadable.test.js': "throw new Error('at import');",
    'stray.test.js': "test('passes', () => { Promise.reject(new Error('stray')); });",
  });
  expect(counts).toEqual({
    passed: 2,
    failed: 3,
    failures: ['stray', 'good.test.js > fails', 'unloadable.test.js: could not be loaded'],
    skipped: [],
  });
});

test('a skipped test is neither passed nor failed, and has a reason', async () => {
  const counts = await count({
    'skipping.test.js': [
      "test('needs a browser', ({ skip }) => skip('no browser here'));",
      "test.skip('is off', () => {});",
    ].join('\n'),
  });
  expect(counts).toEqual({
    passed: 0,
    failed: 0,
    failures: [],
    skipped: [
      { name: 'needs a browser', reason: 'no browser here' },
      { name: 'is off', reason: 'no reason given' },
    ],
  });
});
