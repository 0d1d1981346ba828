import { afterEach, expect, test } from 'vitest';
import { closeAll, openPlatform, readAnswer } from '../testing/platform.ts';
import { documentIdOf } from './trusted-documents.ts';

afterEach(closeAll);

const QUERY = '{ items { id } }';

const post = async (
  url: string,
  { query, hash = '', version = 1 }: { query?: string; hash?: unknown; version?: number },
) =>
  readAnswer(
    await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...(query !== undefined && { query }),
        extensions: { persistedQuery: { version, sha256Hash: hash } },
      }),
    }),
  );

test('a client sends a text once, and then its hash', async () => {
  const { url } = await openPlatform();
  const hash = documentIdOf(QUERY);
  const unknown = await post(url, { hash });
  expect(unknown.errors?.[0]).toMatchObject({
    message: 'PersistedQueryNotFound',
    extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' },
  });
  expect((await post(url, { query: QUERY, hash })).data).toHaveProperty('items');
  expect((await post(url, { hash })).data).toHaveProperty('items');
});

test('rejects a text with the hash of another text', async () => {
  const { url } = await openPlatform();
  const hash = documentIdOf(QUERY);
  const { status, errors } = await post(url, { query: '{ broken }', hash });
  expect([status, errors?.[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST']);
  expect((await post(url, { hash })).errors?.[0]?.message).toBe('PersistedQueryNotFound');
});

test('does not keep a text that exceeds the limits', async () => {
  const { url } = await openPlatform({ limits: { MAX_FIELDS: '2' } });
  const query = '{ items { id picture { id } } }';
  const hash = documentIdOf(query);
  expect((await post(url, { query, hash })).status).toBe(400);
  expect((await post(url, { hash })).errors?.[0]?.message).toBe('PersistedQueryNotFound');
});

test.each([
  ['no hash', { hash: 'x' }],
  ['an object for a hash', { hash: { toString: 'x' } }],
  ['another version', { hash: documentIdOf(QUERY), version: 2 }],
])('rejects %s', async (_what, request) => {
  const { url } = await openPlatform();
  const { status, errors } = await post(url, request);
  expect([status, errors?.[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST']);
});

test('limits the size of kept texts and removes the least recently used first', async () => {
  const { url } = await openPlatform({ limits: { APQ_CACHE_BYTES: '60 B' } });
  const texts = ['{ items { id } }', '{ items { __typename } }', '{ items { picture { id } } }'];
  for (const query of texts) await post(url, { query, hash: documentIdOf(query) });
  const answers = await Promise.all(texts.map((query) => post(url, { hash: documentIdOf(query) })));
  expect(answers.map(({ data }) => data !== undefined)).toEqual([false, true, true]);
});
