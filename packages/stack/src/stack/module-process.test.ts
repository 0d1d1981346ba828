import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { processState } from '../process-table.ts';
import { startModule, type ModuleProcess } from './module-process.ts';

const started: ModuleProcess[] = [];

afterEach(() => {
  for (const module of started.splice(0)) module.kill();
});

test('a module is ready at the URL that it reports, and its output is kept', async () => {
  const module = start('obedient', { READY_URL: 'http://127.0.0.1:4711' });
  expect(await module.ready).toBe('http://127.0.0.1:4711');
  await module.stop();
  expect(module.lines()).toEqual(['{"READY_URL":"http://127.0.0.1:4711"}', 'received SIGTERM']);
  expect(await module.ended).toBe('exit code 0');
});

test('a module that ends before it is ready rejects with its output', async () => {
  await expect(start('broken').ready).rejects.toThrow(
    'The broken did not start (exit code 3).\n  CMS_DATABASE_URL: must be set',
  );
});

test('a module without code rejects and does not crash this process', async () => {
  await expect(start('absent').ready).rejects.toThrow('Cannot find module');
});

test('kills a module that does not stop in time', async () => {
  const module = start('deaf', {}, { stopWithinMs: 50 });
  await module.ready;
  await module.stop();
  expect(await module.ended).toBe('SIGKILL');
});

test('a module does not receive the environment of this process', async () => {
  process.env['SUBGRAPHS'] = 'leaked';
  const module = start('obedient');
  await module.ready;
  delete process.env['SUBGRAPHS'];
  expect(module.lines().join()).not.toContain('leaked');
});

test('stopping a module that has ended is not an error', async () => {
  const module = start('obedient');
  await module.ready;
  module.kill();
  await module.ended;
  await module.stop();
  expect(processState(module.pid)).toBe('gone');
});

function start(name: string, env = {}, { stopWithinMs = 15_000 } = {}) {
  const main = fileURLToPath(new URL(`../testing/modules/${name}.ts`, import.meta.url));
  const module = startModule({ name, main }, { env, output: 'collect', stopWithinMs });
  started.push(module);
  return module;
}
