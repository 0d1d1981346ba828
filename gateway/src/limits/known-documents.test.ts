import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { createKnownDocuments } from './known-documents.ts';
import { documentIdOf } from './trusted-documents.ts';

const large = parse(`{ a(text: "${'x'.repeat(2 ** 20)}") }`);
const idOf = (name: number) => documentIdOf(String(name));

test('a document is known while it is in the cache', async () => {
  const { has, store } = createKnownDocuments();
  expect(has(idOf(0))).toBe(false);
  await store.set(`schema:${idOf(0)}`, large);
  await store.set(`schema:${idOf(0)}`, large);
  expect(has(idOf(0))).toBe(true);
  for (let name = 1; name <= 30; name += 1) await store.set(`schema:${idOf(name)}`, large);
  expect(has(idOf(0))).toBe(false);
  expect(await store.get(`schema:${idOf(0)}`)).toBeUndefined();
  expect(has(idOf(30))).toBe(true);
});

test('a document stays known when its entry for an earlier schema is removed', async () => {
  const { has, store } = createKnownDocuments();
  await store.set(`before:${idOf(0)}`, large);
  await store.set(`after:${idOf(0)}`, large);
  await store.delete(`before:${idOf(0)}`);
  expect(has(idOf(0))).toBe(true);
});
