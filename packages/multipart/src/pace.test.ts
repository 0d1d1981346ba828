import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type PaceLimits, watchPace } from './pace.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** At least 1,000 bytes in 10 s, and at most a minute. */
function setUp(limits: Partial<PaceLimits> = {}) {
  const failures: string[] = [];
  const pace = watchPace(
    { minBytesPerSecond: 100, windowMs: 10_000, totalMs: 60_000, ...limits },
    ({ statusCode, message }) => failures.push(`${statusCode} ${message}`),
  );
  return { pace, failures, pass: (seconds: number) => vi.advanceTimersByTime(seconds * 1000) };
}

test('a client that sends one byte from time to time fails after the first window', () => {
  const { pace, failures, pass } = setUp();
  pass(9);
  pace.count(1);
  expect(failures).toEqual([]);
  pass(1);
  expect(failures).toEqual([expect.stringMatching(/^408 .*fewer than 100 bytes per second/)]);
  pass(100);
  expect(failures).toHaveLength(1);
});

test('a client that pauses for a few seconds survives if it is fast enough on average', () => {
  const { pace, failures, pass } = setUp();
  for (let window = 0; window < 5; window += 1) {
    pass(8);
    pace.count(1_000);
    pass(2);
  }
  expect(failures).toEqual([]);
});

test('a fast start does not excuse a slow rest', () => {
  const { pace, failures, pass } = setUp();
  pace.count(1e9);
  pass(10);
  pace.count(999);
  expect(failures).toEqual([]);
  pass(10);
  expect(failures).toHaveLength(1);
});

test('the time in which the server did not read is not the fault of the client', () => {
  const { pace, failures, pass } = setUp();
  pass(1);
  pace.count(100);
  pace.pause();
  pass(24);
  pace.resume();
  pace.count(500);
  pass(5);
  expect(failures).toEqual([]);
  pass(10);
  expect(failures).toHaveLength(1);
});

test('an upload that is fast enough fails at the time limit', () => {
  const { pace, failures, pass } = setUp();
  for (let second = 0; second < 60; second += 1) {
    pace.count(200);
    pass(1);
  }
  expect(failures).toEqual(['408 The upload took longer than 60000 ms.']);
});

test('without a least rate only the time limit applies', () => {
  const { failures, pass } = setUp({ minBytesPerSecond: 0 });
  pass(59);
  expect(failures).toEqual([]);
  pass(1);
  expect(failures).toHaveLength(1);
});

test('does nothing after it was stopped', () => {
  const { pace, failures, pass } = setUp();
  pace.stop();
  pass(120);
  expect(failures).toEqual([]);
});
