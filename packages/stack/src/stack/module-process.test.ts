import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { processState } from '../process-table.ts';
import { startModule, type ModuleProcess } from './module-process.ts';

const started: ModuleProcess[] = [];

afterEach(() => {
  for (const module of started.splice(0)) module.kill();
});

test('a module is ready at the address it tells, and its output is kept', async () => {
  const module = start('obedient', { READY_URL: 'http://127.0.0.1:4711' });
  expect(await module.ready).toBe('http://127.0.0.1:4711');
  await module.stop();
  expect(module.lines()).toEqual(['{"READY_URL":"http://127.0.0.1:4711"}', 'told to stop']);
  expect(await module.ended).toBe('exit code 0');
});

test('a module that ends before it is ready is an error with all that it said', async () => {
  await expect(start('broken').ready).rejects.toThrow(
    'The broken did not start (exit code 3).\n  CMS_DATABASE_URL: must be set',
  );
});

test('a module whose code is missing is an error and not a crash of ours', async () => {
  await expect(start('absent').ready).rejects.toThrow('Cannot find module');
});

test('a module that won’t stop is killed after its time', async () => {
  const module = start('deaf', {}, { stopWithinMs: 50 });
  await module.ready;
  await module.stop();
  expect(await module.ended).toBe('SIGKILL');
});

test('none of our own settings reach a module', async () => {
  process.env['SUBGRAPHS'] = 'leaked';
  const module = start('obedient');
  await module.ready;
  delete process.env['SUBGRAPHS'];
  expect(module.lines().join()).not.toContain('leaked');
});

test('stopping a module that is gone is no error', async () => {
  const module = start('obedient');
  await module.ready;
  module.kill();
  await module.ended;
  await module.stop();
  expect(processState(module.pid)).toBe('gone');
});

function start(name: string, env = {}, options = {}) {
  const main = fileURLToPath(new URL(`../testing/modules/${name}.ts`, import.meta.url));
  const module = startModule({ name, main }, { env, output: 'collect', ...options });
  started.push(module);
  return module;
}
