import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProgress } from './progress.ts';

let printed: string[];
let progress: ReturnType<typeof createProgress>;

beforeEach(() => {
  vi.useFakeTimers();
  printed = [];
  progress = createProgress((line) => printed.push(line), 1_000);
});
afterEach(() => {
  vi.useRealTimers();
});

test('repeats what is being done while nothing else is reported', async () => {
  const [generated, started] = [Promise.withResolvers<void>(), Promise.withResolvers<number>()];
  const generating = progress.during('generating code', generated.promise);
  const starting = progress.during('starting PostgreSQL', started.promise);
  vi.advanceTimersByTime(900);
  progress.report('graph composed');
  vi.advanceTimersByTime(900);
  expect(printed).toEqual(['graph composed']);
  vi.advanceTimersByTime(200);
  expect(printed.at(-1)).toBe('still generating code, starting PostgreSQL');

  started.resolve(5432);
  expect(await starting).toBe(5432);
  vi.advanceTimersByTime(1_000);
  expect(printed.at(-1)).toBe('still generating code');

  generated.resolve();
  await generating;
  vi.advanceTimersByTime(10_000);
  expect(printed).toHaveLength(3);
});

test('a failure is passed on, and ends the reminders', async () => {
  const failing = progress.during('migrating', Promise.reject(new Error('no space')));
  await expect(failing).rejects.toThrow('no space');
  vi.advanceTimersByTime(10_000);
  expect(printed).toEqual([]);
});
