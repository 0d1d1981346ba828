import { buildSchema } from 'graphql';
import { afterEach, expect, test } from 'vitest';
import { closeAll, openPlatform } from './testing/platform.ts';

afterEach(closeAll);

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

test('the first page links to pages that exist', async () => {
  const { url } = await openPlatform();
  const page = await fetch(url);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const links = Array.from((await page.text()).matchAll(/href="([^"]+)"/g), ([, link]) => link);
  expect(links).toEqual([
    '/library/',
    '/graphiql/',
    '/graphql',
    '/schema.graphql',
    '/health/ready',
  ]);
  for (const link of links) {
    const { status } = await fetch(url + link, { headers: BROWSER });
    expect(status, link).toBe(200);
  }
});

test('a browser that opens /graphql is led to GraphiQL; a client gets its answer', async () => {
  const { url } = await openPlatform();
  const opened = await fetch(`${url}/graphql`, { headers: BROWSER, redirect: 'manual' });
  expect([opened.status, opened.headers.get('location')]).toEqual([302, '/graphiql/']);
  const query = new URLSearchParams({ query: '{ __typename }' });
  const asked = await fetch(`${url}/graphql?${query.toString()}`, {
    headers: { ...BROWSER, 'apollo-require-preflight': 'true' },
  });
  expect(await asked.json()).toEqual({ data: { __typename: 'Query' } });
});

test('the schema of clients is served as a file', async () => {
  const { url } = await openPlatform();
  const text = await (await fetch(`${url}/schema.graphql`)).text();
  expect(Object.keys(buildSchema(text).getTypeMap())).toContain('Picture');
  expect(text).not.toMatch(/join__|_entities|inaccessible/i);
});

test('without introspection there is no schema to read', async () => {
  const { url } = await openPlatform({ production: true });
  expect((await fetch(`${url}/schema.graphql`)).status).toBe(404);
  expect(await (await fetch(url)).text()).not.toContain('schema.graphql');
  const asked = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ __schema { types { name } } }"}',
  });
  expect(JSON.stringify(await asked.json())).toContain('INTROSPECTION_DISABLED');
});
