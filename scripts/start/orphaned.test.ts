import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const module = fileURLToPath(new URL('orphaned.ts', import.meta.url));
const program = `
  import { onOrphaned } from ${JSON.stringify(module)};
  onOrphaned(() => process.stdout.write('orphaned', () => process.exit()));
  setInterval(() => {}, 1_000);
  process.stdout.write(String(process.pid) + ' ');
`;
const parents: ChildProcess[] = [];
afterEach(() => {
  for (const parent of parents.splice(0)) parent.kill('SIGKILL');
});

/** Starts the program as the child of a shell, and kills the shell. Returns what the program prints, and its pid. */
async function orphan(env: Record<string, string>) {
  const parent = spawn('/bin/sh', ['-c', '"$NODE" --input-type=module -e "$PROGRAM" & wait'], {
    env: { ...env, NODE: process.execPath, PROGRAM: program },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  parents.push(parent);
  let printed = '';
  parent.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  await expect.poll(() => printed).toMatch(/^\d+ $/);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  return { printed: () => printed.replace(/^\d+ /, ''), pid: Number.parseInt(printed) };
}

test('notices that the package manager that started it has ended', async () => {
  const { printed } = await orphan({ npm_lifecycle_event: 'start' });
  await expect.poll(printed).toBe('orphaned');
});

test('continues when a shell that started it has ended', async () => {
  const { printed, pid } = await orphan({});
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(printed()).toBe('');
  process.kill(pid);
});
