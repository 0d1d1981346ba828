import { expect, test } from 'vitest';
import { createSharedWork } from './shared-work.ts';

function setUp() {
  const started: { finish: (text: string) => void; signal: AbortSignal }[] = [];
  const work = createSharedWork<string>();
  return {
    started,
    ask: (signal = new AbortController().signal) =>
      work.do('key', {
        signal,
        start: (shared) => {
          const { promise, resolve } = Promise.withResolvers<string>();
          started.push({ finish: resolve, signal: shared });
          return promise;
        },
      }),
  };
}

test('shares work that is running, and starts it again for later callers', async () => {
  const { started, ask } = setUp();
  const [one, other] = [ask(), ask()];
  started[0]!.finish('first');
  expect(await Promise.all([one, other])).toEqual(['first', 'first']);
  const later = ask();
  expect(started).toHaveLength(2);
  started[1]!.finish('second');
  expect(await later).toBe('second');
});

test('continues while one caller waits', async () => {
  const { started, ask } = setUp();
  const leaving = new AbortController();
  const [left, stayed] = [ask(leaving.signal), ask()];
  leaving.abort();
  await expect(left).rejects.toThrow('aborted');
  expect(started[0]!.signal.aborted).toBe(false);
  started[0]!.finish('done');
  expect(await stayed).toBe('done');
});

test('does not start aborted work again while it is still running', async () => {
  const { started, ask } = setUp();
  const leaving = new AbortController();
  const left = ask(leaving.signal);
  leaving.abort();
  await expect(left).rejects.toThrow('aborted');
  expect(started[0]!.signal.aborted).toBe(true);
  const next = ask();
  expect(started).toHaveLength(1);
  started[0]!.finish('late');
  expect(await next).toBe('late');
});
