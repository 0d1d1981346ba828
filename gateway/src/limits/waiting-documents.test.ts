import { afterEach, expect, test } from 'vitest';
import { ask, closeAll, openPlatform } from '../testing/platform.ts';
import { documentIdOf } from './trusted-documents.ts';

afterEach(closeAll);

/** More than the queue allows. */
const MANY = 215;
const indexes = Array.from({ length: MANY }, (_none, index) => index);

/** Whether one of so many concurrent requests is rejected because too many wait. */
async function someHaveToWait(url: string, bodyOf: (index: number) => object): Promise<boolean> {
  const enough = new AbortController();
  const refusals = indexes.map(async (index) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(bodyOf(index)),
      signal: enough.signal,
    });
    if (response.status !== 503) throw new Error('It was answered.');
    expect(await response.text()).toContain('Too many new operations are waiting');
    expect(response.headers.get('retry-after')).toBe('1');
    return true;
  });
  try {
    return await Promise.any(refusals).catch(() => false);
  } finally {
    enough.abort();
    await Promise.allSettled(refusals);
  }
}

const names = Array.from({ length: 8 }, (_none, index) => `v${index}`);
const pictures = Array.from({ length: 48 }, (_none, index) => `p${index}:picture`);

test('a known document waits for its turn when other conditions need another plan', async () => {
  const { url } = await openPlatform();
  const query = `query (${names.map((name) => `$${name}: Boolean!`).join(' ')}) {
    items { ${pictures.map((it, index) => `${it} @include(if: $v${index % 8}) { name }`).join(' ')} }
  }`;
  const variablesOf = (bits: number) =>
    Object.fromEntries(names.map((name, index) => [name, (bits & (1 << index)) !== 0]));
  const all = { variables: variablesOf(255) };
  expect((await ask(url, query, all)).status).toBe(200);
  const bodyOf = (index: number) => ({ query, variables: variablesOf(index) });
  expect(await someHaveToWait(url, bodyOf)).toBe(true);
  expect((await ask(url, query, all)).status).toBe(200);
});

test('an invalid document waits for its turn every time', async () => {
  const { url } = await openPlatform();
  const query = `{ items { ${pictures.map((it) => `${it} { noSuchField }`).join(' ')} } }`;
  expect((await ask(url, query)).status).toBe(400);
  expect(await someHaveToWait(url, () => ({ query }))).toBe(true);
});

test('each operation of a document that is requested by its hash waits for its turn', async () => {
  const { url } = await openPlatform();
  const query = `${indexes.map((index) => `query Q${index} { ...All }`).join(' ')}
    fragment All on Query { items { ${pictures.map((it) => `${it} { name }`).join(' ')} } }`;
  const extensions = { persistedQuery: { version: 1, sha256Hash: documentIdOf(query) } };
  const registered = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, extensions, operationName: 'Q0' }),
  });
  expect(registered.status).toBe(200);
  const bodyOf = (index: number) => ({ extensions, operationName: `Q${index}` });
  expect(await someHaveToWait(url, bodyOf)).toBe(true);
});
