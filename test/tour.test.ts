import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { adapted, expectAnswer, readSteps } from './support/documented-session.ts';
import { openShell } from './support/shell.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';

const project = fileURLToPath(new URL('..', import.meta.url));
let stack: SharedStack;

beforeAll(async () => {
  stack = await openSharedStack();
});

test('the tour in the README works as documented', async () => {
  const steps = readSteps(await readFile(`${project}README.md`, 'utf8'), 'Three-minute tour');
  expect(steps.filter(({ answer }) => answer !== null).length).toBeGreaterThanOrEqual(6);

  const shell = openShell(project);
  const aliases = new Map([['http://localhost:4000', stack.gatewayUrl]]);
  for (const { command, answer } of steps) {
    const printed = await shell.run(adapted(command, aliases));
    if (answer !== null) expectAnswer(printed, answer, aliases);
  }
  shell.close();
});
