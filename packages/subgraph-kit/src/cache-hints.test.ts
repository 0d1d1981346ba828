import { parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RequestScope } from './graphql-endpoint.ts';
import { createTokenMinter } from './identity.ts';
import { keepResponsePrivate } from './request-life.ts';
import { createSubgraphSchema } from './schema.ts';
import { serveSubgraph } from './server.ts';

const secrets = ['a secret of at least thirty-two characters'];
const thing = { __typename: 'Thing', id: '1', part: {}, parts: [], broken: null };

let served: Awaited<ReturnType<typeof serveSubgraph>>;
beforeAll(async () => {
  served = await serveSubgraph(
    {
      name: 'things',
      schema: createSubgraphSchema<RequestScope>({
        typeDefs: parse(`
          extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
          directive @cacheControl(maxAge: Int!) on OBJECT | FIELD_DEFINITION
          type Thing @key(fields: "id") @cacheControl(maxAge: 60) {
            id: ID! part: Part parts: [Part!]! loose: Loose broken: String!
            count: Int @cacheControl(maxAge: 0) name: String @cacheControl(maxAge: 9) secret: String
          }
          type Part @cacheControl(maxAge: 5) { name: String }
          type Loose @key(fields: "id") { id: ID! }
          type Query { thing: Thing name: String }
          type Mutation { change: Thing }
        `),
        resolvers: {
          Query: { thing: () => thing, name: () => 'a' },
          Mutation: { change: () => thing },
          Thing: {
            __resolveReference: () => ({ ...thing }),
            secret: () => {
              keepResponsePrivate();
              return 'signed';
            },
          },
        },
      }),
      context: (scope) => ({ ...scope }),
      isReady: async () => {},
      start: async () => {},
      stop: async () => {},
    },
    {
      host: '127.0.0.1',
      port: 0,
      secrets,
      maxBodyBytes: 10_000,
      logger: pino({ level: 'silent' }),
    },
  );
});
afterAll(() => served.close());

async function cacheControlOf(query: string) {
  const minter = createTokenMinter({ secrets, issuer: 'gateway' });
  const asking = { audience: 'things', subject: 'ann', storeId: 'demo', scope: '' };
  const { headers } = await fetch(`${served.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await minter.mint(asking)}`,
    },
    body: JSON.stringify({ query }),
  });
  return headers.get('cache-control');
}

const entities = (selection: string) =>
  `{ _entities(representations: [{ __typename: "Thing", id: "1" }]) ${selection} }`;

test.each([
  ['{ thing { id } }', 'max-age=60, public'],
  ['{ __typename thing { __typename } }', 'max-age=60, public'],
  ['{ thing { id part { name } } }', 'max-age=5, public'],
  ['{ thing { ...parts } } fragment parts on Thing { parts { name } }', 'max-age=5, public'],
  [entities('{ ... on Thing { id } }'), 'max-age=60, public'],
  [entities('{ ... on Thing { part { name } } }'), 'max-age=5, public'],
  [entities('{ ... on Thing { id } ... on Loose { id } }'), 'no-store'],
  [entities('{ __typename }'), 'no-store'],
  ['{ thing { name } }', 'max-age=9, public'],
  ['{ thing { secret } }', 'max-age=60, private'],
  [entities('{ ... on Thing { secret } }'), 'max-age=60, private'],
  [entities('{ ... on Thing { count } }'), 'no-store'],
  ['{ thing { loose { id } } }', 'no-store'],
  ['{ name }', 'no-store'],
  ['{ thing { id } name }', 'no-store'],
  ['{ thing { broken } }', 'no-store'],
  ['mutation { change { id } }', 'max-age=60, public'],
  ['{ nothing }', 'no-store'],
  ['{', 'no-store'],
])('%s: %s', async (query, expected) => {
  expect(await cacheControlOf(query)).toBe(expected);
});
