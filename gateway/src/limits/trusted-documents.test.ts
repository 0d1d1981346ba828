import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDocumentGuard } from '@federated-media/subgraph-kit/document-limits';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { formHeaders, formParts } from '../testing/form.ts';
import { closeAll, openPlatform, readAnswer } from '../testing/platform.ts';
import { seen } from '../testing/subgraphs.ts';
import { limitSettings, limitsOf } from './settings.ts';
import { documentIdOf, loadTrustedDocuments } from './trusted-documents.ts';

const ITEMS = 'query Items { items { id } }\n\nquery Broken { broken }\n';
const ITEMS_ID = documentIdOf(ITEMS);
const UPLOAD = 'mutation ($file: Upload!) { upload(file: $file) { size } }';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trusted-'));
  await mkdir(join(folder, 'shop'));
  await writeFile(join(folder, 'shop', 'items.graphql'), ITEMS);
  await writeFile(join(folder, 'upload.graphql'), UPLOAD);
  await writeFile(join(folder, 'README.md'), 'no document');
});
afterEach(async () => {
  await closeAll();
  await rm(folder, { recursive: true });
});

const open = (path = folder) => openPlatform({ limits: { TRUSTED_DOCUMENTS: path } });

const post = async (url: string, body: object) =>
  readAnswer(
    await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
const persisted = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });

test.each([
  ['as a persisted query', { extensions: persisted(ITEMS_ID) }],
  ['as a document', { documentId: ITEMS_ID }],
  ['for short', { id: ITEMS_ID }],
  ['with its text', { query: ITEMS, extensions: persisted(ITEMS_ID) }],
  ['by its text alone', { query: ITEMS, extensions: { other: true } }],
])('runs a recorded document that is requested %s', async (_how, request) => {
  const { url } = await open();
  const { data, status } = await post(url, { ...request, operationName: 'Items', variables: {} });
  expect([status, data]).toEqual([200, { items: [{ id: '1' }, { id: '2' }, { id: '3' }] }]);
});

test('runs a recorded document by GET', async () => {
  const { url } = await open();
  const headers = { 'apollo-require-preflight': 'true' };
  const get = async (parameters: Record<string, string>) =>
    readAnswer(
      await fetch(`${url}/graphql?${new URLSearchParams(parameters).toString()}`, { headers }),
    );
  const operationName = 'Items';
  expect((await get({ documentId: ITEMS_ID, operationName })).data).toHaveProperty('items');
  const extensions = JSON.stringify(persisted(ITEMS_ID));
  expect((await get({ extensions, operationName })).data).toHaveProperty('items');
  expect((await get({ query: '{ broken }' })).status).toBe(400);
});

test.each([
  ['another document', { query: '{ items { id } }' }],
  ['one that differs by a space', { query: `${ITEMS} `, operationName: 'Items' }],
  ['another document under a recorded id', { query: '{ broken }', documentId: ITEMS_ID }],
  ['two ids that disagree', { id: documentIdOf(UPLOAD), documentId: ITEMS_ID }],
  ['an unknown id', { id: documentIdOf('{ broken }') }],
  ['an id of another kind', { id: ['a'] }],
  ['a name of every object', { id: 'constructor' }],
  ['an introspection', { query: '{ __schema { queryType { name } } }' }],
  ['a type name', { query: '{ __typename }' }],
  ['nothing at all', { variables: {} }],
])('rejects %s', async (_what, request) => {
  const { url } = await open();
  const { status, errors, data } = await post(url, request);
  expect([status, data, errors?.[0]?.extensions.code]).toEqual([
    400,
    undefined,
    'OPERATION_NOT_TRUSTED',
  ]);
  expect(errors?.[0]?.message).toContain('TRUSTED_DOCUMENTS');
  expect(errors?.[0]?.message).toContain('Introspection');
  expect(errors?.[0]?.extensions.requestId).toBeDefined();
});

test('rejects uploads with other documents', async () => {
  const { url } = await open();
  const files = [{ path: 'file', bytes: Buffer.from('abc') }];
  const send = async (query: string) => {
    const { fields, parts, end } = formParts({ query, files });
    const body = Buffer.concat([fields, ...parts, end]);
    return readAnswer(
      await fetch(`${url}/graphql`, { method: 'POST', headers: formHeaders, body }),
    );
  };
  expect((await send(UPLOAD)).data).toEqual({ upload: { size: 3 } });
  const refused = await send(UPLOAD.replace('size', 'sha256'));
  expect([refused.status, refused.errors?.[0]?.extensions.code]).toEqual([
    400,
    'OPERATION_NOT_TRUSTED',
  ]);
  expect(seen.uploads).toHaveLength(1);
});

test('a manifest sets additional ids for documents', async () => {
  const path = join(folder, 'manifest.json');
  await writeFile(path, JSON.stringify({ 'items-v1': '{ items { id } }' }));
  const { url } = await open(path);
  for (const request of [{ id: 'items-v1' }, { id: documentIdOf('{ items { id } }') }]) {
    expect((await post(url, request)).data).toHaveProperty('items');
  }
});

test('reads a persisted query manifest of Apollo Client', async () => {
  const path = join(folder, 'manifest.json');
  const body = 'query Items {\n  items {\n    id\n  }\n}';
  const operations = [{ id: documentIdOf(body), name: 'Items', type: 'query', body }];
  await writeFile(
    path,
    JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }),
  );
  const { url } = await open(path);
  const extensions = persisted(documentIdOf(body));
  expect((await post(url, { operationName: 'Items', extensions })).data).toHaveProperty('items');
});

test('what is recorded in `operations` is within the limits', async () => {
  const { documentLimits } = limitsOf(z.object(limitSettings).parse({}));
  const { check } = createDocumentGuard(documentLimits);
  const operations = fileURLToPath(new URL('../../../operations', import.meta.url));
  expect((await loadTrustedDocuments(operations, check)).size).toBeGreaterThan(5);
});

test.each([
  ['nowhere.graphql', undefined, 'ENOENT'],
  ['empty.json', '{}', 'contains no documents'],
  ['list.json', '[]', 'must be { "<id>": "<document>" }'],
  ['numbers.json', '{"a":1}', 'expected string'],
  ['broken.json', '{', 'JSON'],
  [
    'apollo-2.json',
    '{"format":"apollo-persisted-query-manifest","version":2,"operations":[]}',
    'version 1',
  ],
  [
    'apollo-empty.json',
    '{"format":"apollo-persisted-query-manifest","version":1,"operations":[]}',
    'contains no documents',
  ],
  ['syntax.json', '{"a":"{ b"}', 'a: Syntax Error'],
  ['large.json', '{"a":"{ b }"}', 'a: too large'],
])('does not start with %s', async (name, content, problem) => {
  const path = join(folder, name);
  if (content !== undefined) await writeFile(path, content);
  const check = () => {
    if (name === 'large.json') throw new Error('too large');
  };
  await expect(loadTrustedDocuments(path, check)).rejects.toMatchObject({
    name: 'SettingsError',
    problems: [expect.stringContaining(problem)],
  });
});
