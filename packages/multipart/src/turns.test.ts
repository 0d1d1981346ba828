import { expect, test } from 'vitest';
import { waitForTurn } from './turns.ts';

/** Waits until all have proceeded. Returns them as they were after each turn of the event loop. */
async function turnsOf(senders: readonly string[]): Promise<string[]> {
  await nextTurn();
  let done = '';
  for (const sender of senders) waitForTurn(sender, () => (done += sender));
  const turns = [done];
  while (done.length < senders.length) {
    await nextTurn();
    turns.push(done);
  }
  return turns;
}

const nextTurn = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

test('a turn of the event loop has room for four chunks', async () => {
  expect(await turnsOf([...'aaaaaaaaaa'])).toEqual(['aaaa', 'aaaaaaaa', 'aaaaaaaaaa']);
});

test('senders take turns, however many chunks of one of them wait', async () => {
  expect(await turnsOf([...'aaaaaaaaaabb'])).toEqual(['aaaa', 'aaaaabab', 'aaaaababaaaa']);
});
