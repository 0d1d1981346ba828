import { expect, test } from 'vitest';
import { createConcurrencyLimit } from './concurrency-limit.ts';

const forever = new AbortController().signal;

function setUp(limits: { atOnce: number; waiting: number }) {
  let full = 0;
  const onFull = () => {
    full += 1;
  };
  const limit = createConcurrencyLimit(limits, { name: 'media', onFull });
  const began: string[] = [];
  const enter = async (name: string, signal: AbortSignal = forever) => {
    const release = await limit.acquire(signal);
    began.push(name);
    return release;
  };
  return { enter, began, timesFull: () => full };
}

test('calls run in the order in which they arrive', async () => {
  const { enter, began } = setUp({ atOnce: 1, waiting: 3 });
  const first = await enter('a');
  const rest = ['b', 'c', 'd'].map(async (name) => (await enter(name))());
  expect(began).toEqual(['a']);
  first();
  await Promise.all(rest);
  expect(began).toEqual(['a', 'b', 'c', 'd']);
  await enter('e');
  expect(began).toHaveLength(5);
});

test('rejects calls when the queue is full, and reports it once', async () => {
  const { enter, began, timesFull } = setUp({ atOnce: 1, waiting: 1 });
  const release = await enter('a');
  const waiting = enter('b');
  for (const name of ['c', 'd']) {
    await expect(enter(name)).rejects.toMatchObject({ extensions: { code: 'OVERLOADED' } });
  }
  release();
  (await waiting)();
  expect(began).toEqual(['a', 'b']);
  expect(timesFull()).toBe(1);
});

test('an aborted call makes room in the queue', async () => {
  const { enter, began } = setUp({ atOnce: 1, waiting: 1 });
  const release = await enter('a');
  const impatient = new AbortController();
  const waiting = enter('b', impatient.signal);
  impatient.abort(new Error('the client is gone'));
  await expect(waiting).rejects.toThrow('the client is gone');
  await expect(enter('c', impatient.signal)).rejects.toThrow('the client is gone');
  const next = enter('d');
  release();
  await next;
  expect(began).toEqual(['a', 'd']);
});
