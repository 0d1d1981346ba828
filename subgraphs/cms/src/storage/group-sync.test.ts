import { expect, test } from 'vitest';
import { createGroupSync } from './group-sync.ts';

/** Syncs that the test ends. */
function setUp() {
  const started: { path: string; end: () => void; fail: (error: Error) => void }[] = [];
  const sync = createGroupSync((path) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    started.push({ path, end: resolve, fail: reject });
    return promise;
  });
  return { sync, started, paths: () => started.map(({ path }) => path) };
}

test('calls that arrive during a sync share the next one', async () => {
  const { sync, started, paths } = setUp();
  const first = sync('a');
  let laterEnded = 0;
  const later = [sync('a'), sync('a'), sync('a')].map((each) =>
    each.then(() => {
      laterEnded += 1;
    }),
  );
  expect(paths()).toEqual(['a']);
  started[0]!.end();
  await first;
  await expect.poll(paths).toEqual(['a', 'a']);
  expect(laterEnded).toBe(0);

  const last = sync('a');
  started[1]!.end();
  await Promise.all(later);
  await expect.poll(paths).toEqual(['a', 'a', 'a']);
  started[2]!.end();
  await last;
  const again = sync('a');
  expect(paths()).toHaveLength(4);
  started[3]!.end();
  await again;
});

test('different paths do not wait for each other', () => {
  const { sync, paths } = setUp();
  void sync('a');
  void sync('b');
  expect(paths()).toEqual(['a', 'b']);
});

test('a failed sync fails only for its own callers', async () => {
  const { sync, started, paths } = setUp();
  const [first, second] = [sync('a'), sync('a')];
  started[0]!.fail(new Error('broken disk'));
  await expect(first).rejects.toThrow('broken disk');
  await expect.poll(paths).toEqual(['a', 'a']);
  started[1]!.end();
  await expect(second).resolves.toBeUndefined();
});
