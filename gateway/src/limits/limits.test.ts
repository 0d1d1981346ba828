import { getIntrospectionQuery } from 'graphql';
import { afterEach, expect, test } from 'vitest';
import { ask, closeAll, logLines, openPlatform, readAnswer } from '../testing/platform.ts';

afterEach(closeAll);

const asked = () => logLines().filter(({ msg }) => msg === 'subgraph request');

test.each([
  ['MAX_TOKENS', '{ picture(id: 1) { id } }', '10'],
  ['MAX_DEPTH', '{ items { picture { id } } }', '2'],
  ['MAX_ALIASES', '{ a: broken b: broken }', '1'],
  ['MAX_ROOT_FIELDS', '{ broken caller { subject } }', '1'],
  ['MAX_FIELDS', '{ ...F } fragment F on Query { items { id } }', '1'],
])(
  'rejects an operation that exceeds %s, without a subgraph request',
  async (setting, query, limit) => {
    const { url } = await openPlatform({ limits: { [setting]: limit } });
    const { status, errors, data } = await ask(url, query, { headers: { 'x-request-id': 'r-1' } });
    expect(status).toBe(400);
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST', requestId: 'r-1' } }]);
    expect(errors?.[0]?.message).toContain(`The maximum is ${limit}`);
    expect(errors?.[0]?.message).toContain(setting);
    expect(asked()).toEqual([]);
  },
);

test('runs the introspection queries of common tools', async () => {
  const { url } = await openPlatform({ limits: { MAX_FIELDS: '10' } });
  const { status, data, errors } = await ask(url, getIntrospectionQuery());
  expect([status, errors]).toEqual([200, undefined]);
  expect(data).toHaveProperty('__schema.queryType.name', 'Query');
});

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
const listed = (count: number) => Array.from({ length: count }, (_none, index) => index);
const PICTURE = 'query ($id: ID!) { picture(id: $id) { id } }';

test.each([
  ['nested too deep', { id: '1', more: nested(15) }, '16 levels (MAX_VARIABLE_DEPTH)'],
  ['too many', { id: '1', more: listed(9_997) }, '10000 (MAX_VARIABLE_VALUES)'],
  [
    'too many in all',
    { id: '1', more: listed(100).map(() => listed(100)) },
    '10000 (MAX_VARIABLE_VALUES)',
  ],
  [
    'one object with too many',
    Object.fromEntries(listed(10_001).map((index) => [index, 1])),
    '10000 (MAX_VARIABLE_VALUES)',
  ],
])('rejects variables that are %s', async (_what, variables, message) => {
  const { url } = await openPlatform();
  const { status, errors } = await ask(url, PICTURE, { variables });
  expect(status).toBe(400);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
  expect(errors?.[0]?.message).toContain(message);
  expect(asked()).toEqual([]);
});

test.each([
  ['their deepest', { id: '1', more: nested(14) }],
  ['their most', { id: '1', more: listed(9_996) }],
])('accepts variables at %s', async (_what, variables) => {
  const { url } = await openPlatform();
  expect((await ask(url, PICTURE, { variables })).status).toBe(200);
});

test('settings limit the number and depth of values in variables', async () => {
  const { url } = await openPlatform({
    limits: { MAX_VARIABLE_VALUES: '6', MAX_VARIABLE_DEPTH: '3' },
  });
  const statusOf = async (variables: object) => (await ask(url, PICTURE, { variables })).status;
  expect(await statusOf({ id: '1', a: [1, 2] })).toBe(200);
  expect(await statusOf({ id: '1', a: [1, 2, 3] })).toBe(400);
  expect(await statusOf({ id: '1', a: [[]] })).toBe(400);
});

test('the limits also apply to variables in a URL and to those of an upload', async () => {
  const { url } = await openPlatform();
  const tooDeep = `{"id":"1","more":${'['.repeat(16)}${']'.repeat(16)}}`;
  const search = new URLSearchParams({ query: PICTURE, variables: tooDeep });
  const headers = { 'apollo-require-preflight': 'true' };
  const byUrl = await readAnswer(await fetch(`${url}/graphql?${search.toString()}`, { headers }));
  const form = new FormData();
  form.append('operations', `{"query":${JSON.stringify(PICTURE)},"variables":${tooDeep}}`);
  form.append('map', '{}');
  const byForm = await readAnswer(
    await fetch(`${url}/graphql`, { method: 'POST', headers, body: form }),
  );
  for (const { status, errors } of [byUrl, byForm]) {
    expect([status, errors?.[0]?.message]).toEqual([
      400,
      'The JSON is nested too deeply. The maximum is 16 levels (MAX_VARIABLE_DEPTH).',
    ]);
  }
});

test.each([
  ['no object', '[]'],
  ['without a query', '{"variables":{}}'],
  ['with a query that is no text', '{"query":{"kind":"Document"}}'],
  ['with variables that are no object', '{"query":"{ broken }","variables":[1]}'],
  ['with a name that is no text', '{"query":"{ broken }","operationName":1}'],
  ['with broken syntax', '{"query":"{"}'],
])('rejects a body %s, with the request id', async (_what, body) => {
  const { url } = await openPlatform();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'r-2' },
    body,
  });
  expect(response.status).toBe(400);
  const { errors } = (await response.json()) as { errors: unknown };
  expect(errors).toMatchObject([{ extensions: { requestId: 'r-2' } }]);
});
