import { expect, test } from 'vitest';
import { createUploadSlots } from './upload-slots.ts';

const OVERLOADED = { extensions: { code: 'OVERLOADED', http: { status: 503 } } };

function setUp(slots: number) {
  let timesFull = 0;
  const { take } = createUploadSlots({ slots, name: 'media', onFull: () => (timesFull += 1) });
  return { take, timesFull: () => timesFull };
}

test('one store takes at most half of the slots, and the others the rest', () => {
  const { take, timesFull } = setUp(4);
  take('a');
  take('a');
  expect(() => take('a')).toThrow(
    expect.objectContaining({ ...OVERLOADED, message: expect.stringContaining('The store has 2') }),
  );
  expect(timesFull()).toBe(0);
  take('b');
  take('c');
  expect(() => take('d')).toThrow(
    expect.objectContaining({ ...OVERLOADED, message: expect.stringContaining('"media"') }),
  );
});

test('a slot that is released is free again, once', () => {
  const { take } = setUp(2);
  const release = take('a');
  expect(() => take('a')).toThrow();
  release();
  release();
  take('a');
  take('b');
  expect(() => take('a')).toThrow();
  expect(() => take('c')).toThrow();
});

test('a single slot is for any store', () => {
  const { take } = setUp(1);
  const release = take('a');
  expect(() => take('b')).toThrow();
  release();
  take('b');
});

test('reports once that no slot is free', () => {
  const { take, timesFull } = setUp(2);
  const release = take('a');
  take('b');
  for (const store of ['c', 'd']) expect(() => take(store)).toThrow();
  expect(timesFull()).toBe(1);
  release();
  take('c');
  expect(() => take('d')).toThrow();
  expect(timesFull()).toBe(2);
});
