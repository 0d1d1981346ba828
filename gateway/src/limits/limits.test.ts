import { getIntrospectionQuery } from 'graphql';
import { afterEach, expect, test } from 'vitest';
import { ask, closeAll, logLines, openPlatform } from '../testing/platform.ts';

afterEach(closeAll);

const asked = () => logLines().filter(({ msg }) => msg === 'subgraph request');

test.each([
  ['MAX_TOKENS', '{ picture(id: 1) { id } }', '10'],
  ['MAX_DEPTH', '{ items { picture { id } } }', '2'],
  ['MAX_ALIASES', '{ a: broken b: broken }', '1'],
  ['MAX_ROOT_FIELDS', '{ broken caller { subject } }', '1'],
  ['MAX_FIELDS', '{ ...F } fragment F on Query { items { id } }', '1'],
])('over %s an operation is refused, and reaches no subgraph', async (setting, query, limit) => {
  const { url } = await openPlatform({ limits: { [setting]: limit } });
  const { status, errors, data } = await ask(url, query, { headers: { 'x-request-id': 'r-1' } });
  expect(status).toBe(400);
  expect(data).toBeUndefined();
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST', requestId: 'r-1' } }]);
  expect(errors?.[0]?.message).toContain(`${limit} `);
  expect(errors?.[0]?.message).toContain(setting);
  expect(asked()).toEqual([]);
});

test('the introspection that tools send is answered', async () => {
  const { url } = await openPlatform({ limits: { MAX_FIELDS: '10' } });
  const { status, data, errors } = await ask(url, getIntrospectionQuery());
  expect([status, errors]).toEqual([200, undefined]);
  expect(data).toHaveProperty('__schema.queryType.name', 'Query');
});

test('variables are JSON of a certain depth', async () => {
  const { url } = await openPlatform();
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
  const query = 'query ($id: ID!) { picture(id: $id) { id } }';
  const { status, errors } = await ask(url, query, { variables: { id: nested(70) } });
  expect([status, errors?.[0]?.message]).toEqual([400, 'JSON may be nested 64 deep.']);
  expect((await ask(url, query, { variables: { id: '1', more: nested(60) } })).status).toBe(200);
});

test.each([
  ['no object', '[]'],
  ['without a query', '{"variables":{}}'],
  ['with a query that is no text', '{"query":{"kind":"Document"}}'],
  ['with variables that are no object', '{"query":"{ broken }","variables":[1]}'],
  ['with a name that is no text', '{"query":"{ broken }","operationName":1}'],
  ['with broken syntax', '{"query":"{"}'],
])('a body %s is refused with the request id', async (_what, body) => {
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
