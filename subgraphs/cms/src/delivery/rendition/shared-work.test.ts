import { expect, test } from 'vitest';
import { createSharedWork } from './shared-work.ts';

function setUp() {
  const begun: { finish: (text: string) => void; signal: AbortSignal }[] = [];
  const work = createSharedWork<string>();
  return {
    begun,
    ask: (signal = new AbortController().signal) =>
      work.do('key', {
        signal,
        start: (shared) => {
          const { promise, resolve } = Promise.withResolvers<string>();
          begun.push({ finish: resolve, signal: shared });
          return promise;
        },
      }),
  };
}

test('whoever comes while it is under way shares it; whoever comes later does not', async () => {
  const { begun, ask } = setUp();
  const [one, other] = [ask(), ask()];
  begun[0]!.finish('first');
  expect(await Promise.all([one, other])).toEqual(['first', 'first']);
  const later = ask();
  expect(begun).toHaveLength(2);
  begun[1]!.finish('second');
  expect(await later).toBe('second');
});

test('it goes on while one still waits', async () => {
  const { begun, ask } = setUp();
  const leaving = new AbortController();
  const [left, stayed] = [ask(leaving.signal), ask()];
  leaving.abort();
  await expect(left).rejects.toThrow('aborted');
  expect(begun[0]!.signal.aborted).toBe(false);
  begun[0]!.finish('done');
  expect(await stayed).toBe('done');
});

test('what was given up and is seen through all the same is not done twice', async () => {
  const { begun, ask } = setUp();
  const leaving = new AbortController();
  const left = ask(leaving.signal);
  leaving.abort();
  await expect(left).rejects.toThrow('aborted');
  expect(begun[0]!.signal.aborted).toBe(true);
  const next = ask();
  expect(begun).toHaveLength(1);
  begun[0]!.finish('late');
  expect(await next).toBe('late');
});
