import { expect, test } from 'vitest';
import { createFairQueue } from './fair-queue.ts';

interface Job {
  readonly storeId: string;
  readonly name: string;
}

/** `a1 b1` are jobs of the stores `a` and `b`. Reports those that have no room. */
function setUp(names: string, maxQueued = 100) {
  const queue = createFairQueue<Job>(maxQueued);
  const refused: string[] = [];
  function add(name: string) {
    const job = { storeId: name.charAt(0), name };
    queue.add(job);
    const excess = queue.removeExcess(job.storeId);
    if (excess) refused.push(excess.name);
    return job;
  }
  const jobs = names.split(' ').map(add);
  /** Takes until nothing is left, with these numbers of running jobs. */
  function takeAll(running: Record<string, number> = {}, maxRunning = Infinity) {
    const taken: string[] = [];
    for (;;) {
      const job = queue.take(
        (storeId) => running[storeId] ?? 0,
        () => maxRunning,
      );
      if (!job) return taken.join(' ');
      taken.push(job.name);
    }
  }
  return { queue, add, jobs, refused, takeAll };
}

test('stores take turns, and the jobs of each keep their order', () => {
  const { takeAll, queue } = setUp('a1 a2 a3 a4 b1 b2 c1');
  expect(takeAll()).toBe('a1 b1 c1 a2 b2 a3 a4');
  expect(queue.isEmpty()).toBe(true);
});

test('a store that arrives later is next but one at most', () => {
  const { add, queue } = setUp('a1 a2 a3 b1 b2');
  const take = () =>
    queue.take(
      () => 0,
      () => Infinity,
    )?.name;
  expect([take(), take()]).toEqual(['a1', 'b1']);
  add('c1');
  expect([take(), take(), take()]).toEqual(['a2', 'b2', 'c1']);
});

test('the store with the fewest running jobs is next', () => {
  const { queue } = setUp('a1 b1 c1');
  const running: Record<string, number> = { a: 2, b: 1, c: 1 };
  expect(
    queue.take(
      (storeId) => running[storeId]!,
      () => 4,
    )?.name,
  ).toBe('b1');
});

test('a store with as many running jobs as it may have waits', () => {
  const { takeAll } = setUp('a1 a2 b1');
  expect(takeAll({ a: 2, b: 1 }, 2)).toBe('b1');
  expect(takeAll({ a: 1 }, 2)).toBe('a1 a2');
});

test('one store holds at most half of the queue', () => {
  const { refused, takeAll } = setUp('a1 a2 a3 a4 b1', 4);
  expect(refused).toEqual(['a3', 'a4']);
  expect(takeAll()).toBe('a1 b1 a2');
});

test('when the queue is full, the store with the most jobs loses its newest', () => {
  const { refused, takeAll } = setUp('a1 a2 b1 b2 c1 d1', 4);
  expect(refused).toEqual(['a2', 'b2']);
  expect(takeAll()).toBe('a1 b1 c1 d1');
});

test('a queue for one job accepts one', () => {
  const { refused } = setUp('a1 b1', 1);
  expect(refused).toEqual(['b1']);
});

test('a job can be removed once', () => {
  const { queue, jobs, takeAll } = setUp('a1 a2 b1');
  expect(queue.remove(jobs[0]!)).toBe(true);
  expect(queue.remove(jobs[0]!)).toBe(false);
  expect(takeAll()).toBe('a2 b1');
});

test('removes all', () => {
  const { queue } = setUp('a1 a2 b1');
  expect(queue.removeAll().map(({ name }) => name)).toEqual(['a1', 'a2', 'b1']);
  expect(queue.isEmpty()).toBe(true);
});
