import { expect, test } from 'vitest';
import { createOneAtATime } from './one-at-a-time.ts';

const patient = new AbortController().signal;

test('between two turns others are served', async () => {
  const turns = createOneAtATime({ what: 'things', maxWaiting: 3 });
  let served = 0;
  const ticker = setInterval(() => (served += 1));
  const [first = 0, second = 0, third = 0] = await Promise.all(
    [1, 2, 3].map(async () => {
      await turns.waitForTurn(patient);
      const before = served;
      const busyUntil = performance.now() + 5;
      while (performance.now() < busyUntil);
      return before;
    }),
  );
  clearInterval(ticker);
  expect(first).toBe(0);
  expect(second).toBeGreaterThan(first);
  expect(third).toBeGreaterThan(second);
});

test('who comes when too many wait is sent away', async () => {
  const turns = createOneAtATime({ what: 'things', maxWaiting: 1 });
  const first = turns.waitForTurn(patient);
  await expect(turns.waitForTurn(patient)).rejects.toMatchObject({
    extensions: { code: 'OVERLOADED', http: { status: 503 } },
  });
  await first;
  await turns.waitForTurn(patient);
});

test('a client that hung up loses its turn and keeps nobody waiting', async () => {
  const turns = createOneAtATime({ what: 'things', maxWaiting: 2 });
  const gone = turns.waitForTurn(AbortSignal.abort());
  const next = turns.waitForTurn(patient);
  await expect(gone).rejects.toThrow('closed the connection');
  await next;
});

test('a request that has the turn continues, and others wait', async () => {
  const turns = createOneAtATime({ what: 'things', maxWaiting: 1 });
  const { signal } = new AbortController();
  await turns.waitForTurn(signal);
  await turns.waitForTurn(signal);
  const other = turns.waitForTurn(patient);
  await expect(turns.waitForTurn(AbortSignal.any([]))).rejects.toThrow('Too many things');
  await other;
});
