import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type EntityCache, createEntityCache } from './entity-cache.ts';

const ref = { storeId: 'ours', id: 'A' };

let cache: EntityCache;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  cache = createEntityCache({ maxBytes: 100_000 });
  cache.confirm(performance.now());
});
afterEach(() => {
  vi.useRealTimers();
});

interface Given {
  since?: number;
  entity?: Record<string, unknown>;
}
const keep = (key: string, { since = cache.now(), entity = { name: key } }: Given = {}) =>
  cache.keep(key, { ref, entity, since, expiresAt: performance.now() + 2_000 });
const found = (key: string, at = ref) => cache.find(key, at)?.entity;

test('returns copies, so that no request changes what others receive', () => {
  const entity = { name: 'one', point: { x: 1 }, list: [{ a: 1 }] };
  keep('a', { entity });
  entity.point.x = 2;
  const first = found('a');
  expect(first).toEqual({ name: 'one', point: { x: 1 }, list: [{ a: 1 }] });
  Object.assign(first?.['point'] ?? {}, { x: 3 });
  expect(found('a')).toEqual({ name: 'one', point: { x: 1 }, list: [{ a: 1 }] });
});

test('a field called __proto__ stays a field', () => {
  const entity = JSON.parse('{ "__proto__": { "isAdmin": true } }') as Record<string, unknown>;
  keep('a', { entity });
  const copy = found('a') ?? {};
  expect(Object.keys(copy)).toEqual(['__proto__']);
  expect('isAdmin' in copy).toBe(false);
});

test('an entry expires, and reports its remaining age', () => {
  keep('a');
  vi.advanceTimersByTime(1_500);
  expect(cache.find('a', ref)?.remainingMs).toBe(500);
  vi.advanceTimersByTime(500);
  expect(found('a')).toBeUndefined();
});

test('a change ends all entries of its entity, and no other', () => {
  const other = { storeId: 'ours', id: 'b' };
  keep('a one');
  keep('a two');
  cache.keep('b', { ref: other, entity: {}, since: cache.now(), expiresAt: Infinity });
  cache.end({ storeId: 'theirs', id: 'A' });
  expect(found('a one')).toBeDefined();
  // The CMS returns ids in lower case.
  cache.end({ storeId: 'ours', id: 'a' });
  expect(found('a one')).toBeUndefined();
  expect(found('a two')).toBeUndefined();
  expect(found('b', other)).toBeDefined();
});

test('what was read before a change is not served when it arrives after it', () => {
  const since = cache.now();
  cache.end(ref);
  keep('a', { since });
  expect(found('a')).toBeUndefined();
  keep('a');
  expect(found('a')).toBeDefined();
});

test('a mutation ends the entries of its store, also those that arrive later', () => {
  const theirs = { storeId: 'theirs', id: 'A' };
  cache.keep('theirs', { ref: theirs, entity: {}, since: cache.now(), expiresAt: Infinity });
  keep('a');
  const since = cache.now();
  cache.endStore('ours');
  keep('late', { since });
  expect(found('a')).toBeUndefined();
  expect(found('late')).toBeUndefined();
  expect(found('theirs', theirs)).toBeDefined();
});

test('when everything ends, nothing that was read before is served', () => {
  keep('a');
  const since = cache.now();
  cache.endAll();
  keep('late', { since });
  expect(found('a')).toBeUndefined();
  expect(found('late')).toBeUndefined();
  keep('a');
  expect(found('a')).toBeDefined();
});

test('forgets old changes only together with what was read before them', () => {
  const since = cache.now();
  cache.end(ref);
  for (let id = 0; id < 10_000; id += 1) cache.end({ storeId: 'ours', id: String(id) });
  keep('a', { since });
  expect(found('a')).toBeUndefined();
});

test('serves nothing before the feed has reported, and when it is silent', () => {
  const silent = createEntityCache({ maxBytes: 10_000 });
  silent.keep('a', { ref, entity: {}, since: silent.now(), expiresAt: Infinity });
  expect(silent.find('a', ref)).toBeUndefined();
  silent.confirm(performance.now());
  expect(silent.find('a', ref)).toBeDefined();
  vi.advanceTimersByTime(3_001);
  expect(silent.find('a', ref)).toBeUndefined();
  silent.confirm(performance.now());
  expect(silent.find('a', ref)).toBeDefined();
});

test('stays within its bytes, and removes what was used least recently', () => {
  for (let number = 0; number < 1_000; number += 1) {
    keep(`key ${number}`, { entity: { name: 'x'.repeat(number % 2 === 0 ? 1_000 : 10) } });
    found('key 0');
  }
  const { entries, bytes } = cache.size();
  expect(bytes).toBeLessThanOrEqual(100_000);
  expect(entries).toBeGreaterThan(50);
  expect(found('key 0')).toBeDefined();
  expect(found('key 1')).toBeUndefined();
  keep('too large', { entity: { name: '文'.repeat(60_000) } });
  expect(found('too large')).toBeUndefined();
});
