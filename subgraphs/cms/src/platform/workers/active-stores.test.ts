import { expect, test } from 'vitest';
import { createActiveStores } from './active-stores.ts';

test('a store is active for a second after its latest job', () => {
  let now = 0;
  const stores = createActiveStores(() => now);
  stores.note('a');
  expect([stores.hasOthers('a'), stores.hasOthers('b')]).toEqual([false, true]);
  now = 900;
  stores.note('b');
  expect([stores.hasOthers('a'), stores.hasOthers('b')]).toEqual([true, true]);
  now = 1_500;
  expect([stores.hasOthers('a'), stores.hasOthers('b')]).toEqual([true, false]);
  now = 2_000;
  expect(stores.hasOthers('a')).toBe(false);
});
