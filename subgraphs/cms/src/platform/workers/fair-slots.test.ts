import { expect, test } from 'vitest';
import { createFairSlots } from './fair-slots.ts';

const never = new AbortController().signal;

function setUp(slots: number) {
  const fair = createFairSlots(slots);
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    started,
    end: (name: string) => ends.get(name)?.(),
    run: (name: string, signal = never) =>
      fair.run({ storeId: name[0] ?? '', signal }, async () => {
        started.push(name);
        await new Promise<void>((resolve) => void ends.set(name, resolve));
        return name;
      }),
  };
}

test('one store takes half of the slots, and another one starts at once', async () => {
  const { run, started, end } = setUp(4);
  const first = run('a1');
  for (const name of ['a2', 'a3', 'a4']) void run(name);
  void run('b1');
  await expect.poll(() => started).toEqual(['a1', 'a2', 'b1']);
  end('a1');
  expect(await first).toBe('a1');
  await expect.poll(() => started).toEqual(['a1', 'a2', 'b1', 'a3']);
});

test('a caller that stops waiting takes no slot', async () => {
  const { run, started, end } = setUp(1);
  const first = run('a1');
  const stopping = new AbortController();
  const second = run('a2', stopping.signal);
  const third = run('a3');
  stopping.abort(new Error('gone'));
  await expect(second).rejects.toThrow('gone');
  end('a1');
  await first;
  await expect.poll(() => started).toEqual(['a1', 'a3']);
  end('a3');
  await third;
});

test('a slot is free again after an error', async () => {
  const fair = createFairSlots(1);
  const failing = () => Promise.reject(new Error('failed'));
  await expect(fair.run({ storeId: 'a', signal: never }, failing)).rejects.toThrow('failed');
  expect(await fair.run({ storeId: 'a', signal: never }, async () => 1)).toBe(1);
});
