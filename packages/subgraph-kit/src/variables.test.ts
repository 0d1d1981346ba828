import { parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTokenMinter } from './identity.ts';
import { commonScalars } from './scalars.ts';
import { createSubgraphSchema } from './schema.ts';
import { serveSubgraph } from './server.ts';

const secrets = ['a secret of at least thirty-two characters'];
const minter = createTokenMinter({ secrets, issuer: 'gateway' });
let served: Awaited<ReturnType<typeof serveSubgraph>>;
let calls = 0;

const schema = createSubgraphSchema({
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    scalar URL
    scalar DateTime
    enum Kind { IMAGE VIDEO }
    input Range { from: Int! to: Int }
    input Filter { kinds: [Kind!] name: String url: URL since: DateTime range: Range grid: [[Int!]!] }
    type Query { count(filter: Filter, ids: [ID!]): Int! }
  `),
  resolvers: {
    URL: commonScalars.URL,
    DateTime: commonScalars.DateTime,
    Query: {
      count: () => {
        calls += 1;
        return calls;
      },
    },
  },
});

beforeAll(async () => {
  served = await serveSubgraph(
    {
      name: 'things',
      schema,
      context: ({ caller, requestId }) => ({ caller, requestId }),
      isReady: async () => {},
      start: async () => {},
      stop: async () => {},
    },
    {
      host: '127.0.0.1',
      port: 0,
      secrets,
      maxBodyBytes: 1_000_000,
      logger: pino({ level: 'silent' }),
    },
  );
});
afterAll(() => served.close());

interface Answer {
  data?: unknown;
  errors?: { message: string; locations?: unknown[]; extensions: Record<string, unknown> }[];
}

async function ask(variables: string, query = 'query ($f: Filter) { count(filter: $f) }') {
  const token = await minter.mint({ audience: 'things', subject: 'a', storeId: 'demo', scope: '' });
  const response = await fetch(`${served.url}/graphql`, {
    method: 'POST',
    body: `{"query":${JSON.stringify(query)},"variables":${variables}}`,
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      authorization: `Bearer ${token}`,
    },
  });
  const text = await response.text();
  const { errors = [], data } = JSON.parse(text) as Answer;
  return { status: response.status, text, data, errors };
}

const many = (count: number, of: (index: number) => string) =>
  Array.from({ length: count }, (_none, index) => of(index)).join();
const long = 'x'.repeat(900_000);

test('valid variables reach the resolver', async () => {
  const before = calls;
  const { status, errors } = await ask(
    '{"f":{"kinds":"IMAGE","range":{"from":1},"url":"http://a"}}',
  );
  expect([status, errors, calls]).toEqual([200, [], before + 1]);
});

test('an error has path, reason, code, status, location and request id', async () => {
  const before = calls;
  const { status, errors, data } = await ask('{"f":{"kinds":["IMAGE","VIDEOS"]}}');
  expect([status, data, calls]).toEqual([400, undefined, before]);
  expect(errors).toEqual([
    {
      message:
        'Variable "$f" got invalid value at "f.kinds[1]"; Value "VIDEOS" does not exist in "Kind" enum. Did you mean the enum value "VIDEO"?',
      locations: [{ line: 1, column: 8 }],
      extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) },
    },
  ]);
});

test.each([
  ['query ($i: [ID!]!) { count(ids: $i) }', '{}', 'of required type "[ID!]!" was not provided'],
  ['query ($i: [ID!]!) { count(ids: $i) }', '{"i":null}', 'of non-null type "[ID!]!" must not be'],
  ['query ($f: Filter) { count(filter: $f) }', '{"f":{"range":{}}}', '"Int!" was not provided'],
  ['query ($f: Filter) { count(filter: $f) }', '{"f":[]}', '"Filter" to be an object'],
  ['query ($f: Filter) { count(filter: $f) }', '{"f":{"__proto__x":1}}', '"__proto__x" is not'],
  ['query ($f: Filter) { count(filter: $f) }', '{"f":{"grid":[[1],["a"]]}}', 'at "f.grid[1][0]"'],
  ['query ($f: Filter) { count(filter: $f) }', '{"f":{"url":"nowhere"}}', 'Expected type "URL"'],
  // graphql-js sees excerpts of long names only.
  [
    'query ($f: Filter) { count(filter: $f) }',
    `{"f":{"kinds":"${'x'.repeat(100)}"}}`,
    `Value "${'x'.repeat(79)}…" does not exist in "Kind" enum`,
  ],
  [
    'query ($f: Filter) { count(filter: $f) }',
    `{"f":{"range":{"from":1,"${'x'.repeat(100)}":1}}}`,
    `Field "${'x'.repeat(79)}…" is not defined by type "Range"`,
  ],
])('rejects %s with %s', async (query, variables, message) => {
  const { status, errors } = await ask(variables, query);
  expect([status, errors.length]).toEqual([400, 1]);
  expect(errors[0]?.message).toContain(message);
});

test.each([
  ['unknown keys', `{"f":{${many(16_000, (i) => `"unknown${i}":1`)}}}`],
  ['wrong enum values', `{"f":{"kinds":[${many(60_000, () => '"SOUND"')}]}}`],
  ['unknown keys and a long text', `{"f":{${many(40, (i) => `"u${i}":1`)},"name":"${long}"}}`],
  ['long unknown keys', `{"f":{${many(9, (i) => `"${i}${'k'.repeat(250)}":1`)}}}`],
  ['a long enum value', `{"f":{"kinds":["${long}"]}}`],
  ['a long URL', `{"f":{"url":"http://[${long}"}}`],
  ['a long time', `{"f":{"since":"${long}"}}`],
  ['a list for a text', `{"f":{"name":[${many(60_000, (i) => `"v${i}"`)}]}}`],
  ['an object for a text', `{"f":{"name":{${many(20_000, (i) => `"v${i}":"text ${i}"`)}}}}`],
  ['objects for numbers', `{"f":{"grid":[[${many(20_000, (i) => `{"a${i}":"b c d"}`)}]]}}`],
  ['a text for an object', `{"f":"${long}"}`],
])('returns at most ten short errors for %s', async (_what, variables) => {
  const before = calls;
  const { status, text, errors } = await ask(variables);
  expect([status, calls]).toEqual([400, before]);
  expect(errors.length).toBeGreaterThan(0);
  expect(errors.length).toBeLessThanOrEqual(10);
  expect(text.length).toBeLessThan(6_000);
  for (const { message } of errors) expect(message).not.toMatch(/[xkv]{81}|text 9|"v9"|"b c d"/);
});

test('the last of more than ten errors reports that there are more', async () => {
  const { errors } = await ask(`{"f":{${many(11, (i) => `"u${i}":1`)}}}`);
  expect(errors).toHaveLength(10);
  expect(errors.at(-1)?.message).toBe(
    'The variables have more errors. Only the first ones are reported.',
  );
});

test('shortens names of the document in messages', async () => {
  const name = 'v'.repeat(250);
  const { errors } = await ask('{}', `query ($${name}: [ID!]!) { count(ids: $${name}) }`);
  expect(errors[0]?.message).toBe(
    `Variable "$${'v'.repeat(78)}…" of required type "[ID!]!" was not provided.`,
  );
});

test('validation returns at most ten errors', async () => {
  const wrong = many(200, (i) => `a${i}: count(filter: { ${`k${i}`.repeat(60)}: 1 })`);
  const { status, text, errors } = await ask('{}', `{ ${wrong} }`);
  expect([status, errors.length]).toEqual([400, 11]);
  expect(text).not.toMatch(/\w{81}/);
});

test('shortens a literal of the document in messages', async () => {
  const { errors } = await ask('{}', `{ count(ids: { ${many(2_000, (i) => `a${i}: "b c"`)} }) }`);
  expect(errors[0]?.message.length).toBeLessThan(160);
});
