import { expect, test, vi } from 'vitest';
import { createRepeatedTask } from './repeated-task.ts';

test('runs again after each pause, and not after it is stopped', async () => {
  let runs = 0;
  const task = createRepeatedTask({ pauseMs: 1, run: async () => void (runs += 1) });
  task.start();
  await vi.waitFor(() => expect(runs).toBeGreaterThan(2));
  await task.stop();
  const runsWhenStopped = runs;
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
  expect(runs).toBe(runsWhenStopped);
});

test('stop() ends a pause at once, and waits for the current run', async () => {
  const { promise: isFinished, resolve: finish } = Promise.withResolvers<void>();
  let hasEnded = false;
  const task = createRepeatedTask({
    pauseMs: 3_600_000,
    run: async (signal) => {
      await isFinished;
      hasEnded = signal.aborted;
    },
  });
  task.start();
  const stopped = task.stop();
  finish();
  await stopped;
  expect(hasEnded).toBe(true);
});
