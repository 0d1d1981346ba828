import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startTimer } from './timer.ts';

test.each([Number.POSITIVE_INFINITY, 2 ** 31, Number.MAX_VALUE])(
  'a timer of %d ms does not end at once',
  async (ms) => {
    let hasEnded = false;
    const timer = startTimer(() => (hasEnded = true), ms);
    await sleep(50);
    clearTimeout(timer);
    expect(hasEnded).toBe(false);
  },
);

test('a timer ends after its time', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  startTimer(resolve, 1);
  await promise;
});
