import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';
import { createLoop } from './loop.ts';

class OutageError extends Error {}

/** A loop that runs `turns`, then pauses for a minute; and its log. */
function loopOf(turns: (() => Promise<number>)[], maxBackoffMs = 20) {
  const lines: string[] = [];
  const say = (level: string) => (entry: unknown, message?: string) =>
    void lines.push(`${level} ${message ?? String(entry)}`);
  const logger = Object.assign(createLogger({ name: 'test', level: 'silent' }), {
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
  });
  let played = 0;
  const turn = () => turns[played++]?.() ?? Promise.resolve(60_000);
  const loop = createLoop({
    name: 'work',
    turn,
    maxBackoffMs,
    isOutage: (error) => error instanceof OutageError,
    logger,
  });
  return { loop, lines, played: () => played };
}

const away = () => Promise.reject(new OutageError());
const broken = () => Promise.reject(new Error('broken'));

test('continues while there is work, then pauses until it is woken', async () => {
  const { loop, played } = loopOf([async () => 0, async () => 0]);
  loop.start();
  await expect.poll(played).toBe(3);
  await loop.wake();
  expect(played()).toBe(4);
  await loop.stop();
});

test('runs another turn for work that is announced during a turn', async () => {
  const { promise: isDone, resolve: finish } = Promise.withResolvers<number>();
  const { loop, played } = loopOf([() => isDone]);
  loop.start();
  const woken = loop.wake();
  finish(60_000);
  await woken;
  expect(played()).toBe(2);
  await loop.stop();
});

test('logs an outage once, and not at all when it ends soon', async () => {
  const short = loopOf([away, away]);
  short.loop.start();
  await expect.poll(short.played).toBe(3);
  expect(short.lines).toEqual([]);
  await short.loop.stop();

  const long = loopOf(Array(8).fill(away));
  long.loop.start();
  await expect
    .poll(() => long.lines)
    .toEqual(['warn work: not available; retrying', 'info work: recovered']);
  await long.loop.stop();
});

test('logs every other failure, and retries', async () => {
  const { loop, lines, played } = loopOf([broken, broken]);
  loop.start();
  await expect.poll(played).toBe(3);
  expect(lines).toEqual(['error work: failed', 'error work: failed']);
  await loop.stop();
});

const HOUR_MS = 3_600_000;
const FAILURES = 12;

/** Each failure doubles the pause: the last one is longer than any test. */
async function failOften({ loop, played }: ReturnType<typeof loopOf>) {
  loop.start();
  for (let failures = 1; failures < FAILURES; failures += 1) {
    await expect.poll(played).toBe(failures);
    loop.retryNow();
  }
  await expect.poll(played).toBe(FAILURES);
}

test('ends a pause after failures when their cause is gone, not when there is more work', async () => {
  const work = loopOf(Array(FAILURES).fill(away), HOUR_MS);
  const { loop, played } = work;
  await failOften(work);
  await loop.wake();
  expect(played()).toBe(FAILURES);
  loop.retryNow();
  await expect.poll(played).toBe(FAILURES + 1);
  await loop.stop();
});

test('retries at once when the cause of failures ends during a turn', async () => {
  const { promise: isDone, reject: fail } = Promise.withResolvers<number>();
  const turns = [...Array(FAILURES - 1).fill(away), () => isDone];
  const work = loopOf(turns, HOUR_MS);
  const { loop, played } = work;
  await failOften(work);
  loop.retryNow();
  fail(new OutageError());
  await expect.poll(played).toBe(FAILURES + 1);
  await loop.stop();
});

test('stops after the current turn', async () => {
  const { promise: isDone, resolve: finish } = Promise.withResolvers<number>();
  const { loop, played } = loopOf([() => isDone]);
  loop.start();
  const woken = loop.wake();
  const stopped = loop.stop();
  finish(0);
  await Promise.all([stopped, woken]);
  expect(played()).toBe(1);
});
