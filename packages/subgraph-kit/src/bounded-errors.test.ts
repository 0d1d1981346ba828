import { parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { badUserInput } from './errors.ts';
import { createTokenMinter } from './identity.ts';
import { createSubgraphSchema } from './schema.ts';
import { serveSubgraph } from './server.ts';

const secrets = ['a secret of at least thirty-two characters'];
const minter = createTokenMinter({ secrets, issuer: 'gateway' });
const MAX_BYTES = 64_000;
const logged: string[] = [];
let served: Awaited<ReturnType<typeof serveSubgraph>>;

const schema = createSubgraphSchema({
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Thing { fails(with: String!): String detailed: String broken: String }
    type Query { things: [Thing!]! fails(with: String!): String }
  `),
  resolvers: {
    Query: {
      things: () => Array.from({ length: 1_000 }, () => ({})),
      fails: (_root: unknown, { with: text }: { with: string }) => {
        throw badUserInput(`There is no "${text}".`);
      },
    },
    Thing: {
      fails: (_root: unknown, { with: text }: { with: string }) => {
        throw badUserInput(`Not ${text}.`, ['with']);
      },
      broken: () => {
        throw new Error('SELECT * FROM secrets');
      },
      detailed: () => {
        throw badUserInput('Wrong.', ['with', 'x'.repeat(100_000)]);
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
      logger: pino({ level: 'error' }, { write: (line: string) => logged.push(line) }),
    },
  );
});
afterAll(() => served.close());

interface Answer {
  data?: Record<string, unknown> | null;
  errors: { message: string; path?: unknown[]; extensions: Record<string, unknown> }[];
}

async function send(body: string, accept = 'application/graphql-response+json') {
  const token = await minter.mint({ audience: 'things', subject: 'a', storeId: 'demo', scope: '' });
  const response = await fetch(`${served.url}/graphql`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', accept, authorization: `Bearer ${token}` },
  });
  const text = await response.text();
  return { status: response.status, text, ...(JSON.parse(text) as Answer) };
}
const ask = (query: string, rest = {}) => send(JSON.stringify({ query, ...rest }));
const long = 'x'.repeat(90_000);

test('reports the first errors and the number of the others', async () => {
  const { status, errors, data } = await ask(
    `{ things { fails(with: "${'many words '.repeat(100)}") } }`,
  );
  expect(Buffer.byteLength(JSON.stringify(errors))).toBeLessThan(MAX_BYTES);
  expect([status, data?.['things']]).toEqual([200, expect.arrayContaining([{ fails: null }])]);
  const last = errors.at(-1);
  expect(last?.message).toBe(
    `${1_000 - errors.length + 1} more errors were omitted from this response.`,
  );
  expect(last?.extensions).toEqual({ code: 'BAD_USER_INPUT', requestId: expect.any(String) });
  expect(errors[0]?.path).toEqual(['things', 0, 'fails']);
});

test('logs ten of a thousand failures and the number of the others', async () => {
  await ask('{ things { broken } }');
  expect(logged).toHaveLength(11);
  expect(JSON.parse(logged.at(-1) ?? '')).toMatchObject({ omitted: 990 });
});

test('an error with large extensions keeps its message, code and path', async () => {
  const { errors } = await ask('{ things { detailed } }');
  expect(errors[0]).toEqual({
    message: 'Wrong.',
    path: ['things', 0, 'detailed'],
    extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) },
  });
});

test.each([
  ['a value of a resolver’s message', `{ fails(with: "${long}") }`],
  ['a text where a name is expected', `{ fails(with: "a") { "${long}" } }`],
  ['a text that is never closed', `{ fails(with: "${long}`],
  ['a block of text', `{ """${'x y '.repeat(20_000)}""" }`],
  ['a text for a list of selections', `{ things(a: "${long}") { fails(with: 1) } }`],
  ['a list for a text', `{ fails(with: [${'"a b c", '.repeat(1_500)}]) }`],
  ['an object for a text', `{ fails(with: { a: "${'b c '.repeat(20_000)}" }) }`],
  ['an enum value for a text', `{ fails(with: ${'A'.repeat(256)}) }`],
  ['a field', `{ ${'f'.repeat(256)} }`],
  [
    'many fields',
    `{ ${Array.from({ length: 400 }, (_none, i) => `${'f'.repeat(240)}${i}`).join()} }`,
  ],
  ['a directive', `{ fails(with: "a") @${'d'.repeat(256)} }`],
  ['a fragment', `{ ...${'f'.repeat(256)} }`],
  ['a type', `{ ... on ${'T'.repeat(256)} { a } }`],
  ['a variable', `{ fails(with: $${'v'.repeat(256)}) }`],
  ['a variable’s type', `query ($a: ${'T'.repeat(256)}) { fails(with: $a) }`],
  ['an argument', `{ fails(${'a'.repeat(256)}: 1) }`],
  ['one argument many times', `{ fails(with: "a" ${'with: "b" '.repeat(2_000)}) }`],
])('shortens the document in the message: %s', async (_what, query) => {
  const { status, text, errors } = await ask(query);
  expect(status).toBeLessThan(500);
  expect(text.length).toBeLessThan(8_000);
  for (const { message } of errors) {
    expect(message.length).toBeLessThanOrEqual(500);
    expect(message).not.toMatch(/\w{81}|(?:x y ){21}|(?:b c ){21}|(?:"a b c", ){12}/);
  }
});

test('shortens an unknown operationName in the message', async () => {
  const { status, text } = await ask('query A { things { detailed } }', { operationName: long });
  expect([status, text.length < 1_000]).toEqual([400, true]);
});

test.each(['application/json', '*/*', 'application/graphql-response+json'])(
  'shortens a body that is not JSON in the message, for %s',
  async (accept) => {
    const { status, text } = await send(`{"query": ${long}`, accept);
    expect([status, text.length < 1_000]).toEqual([400, true]);
  },
);
