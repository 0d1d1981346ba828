import { execute, parse } from 'graphql';
import { expect, test } from 'vitest';
import type { Caller } from './identity.ts';
import { createSubgraphSchema } from './schema.ts';

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  directive @access(scope: String!) on FIELD_DEFINITION
  type Thing @key(fields: "id") { id: ID! secret: String @access(scope: "thing:admin") }
  type Query { thing: Thing @access(scope: "thing:read") }
`);
let asked: string[] = [];
const resolvers = {
  Query: {
    thing: () => {
      asked.push('thing');
      return { id: '1', secret: 'hush' };
    },
  },
};
const caller = (...scopes: string[]): Caller => ({
  subject: 'ann',
  storeId: 'demo',
  scopes: new Set(scopes),
  issuer: 'gateway',
});
const run = (by: Caller) => {
  asked = [];
  return execute({
    schema: createSubgraphSchema({ typeDefs, resolvers }),
    document: parse('{ thing { id secret } }'),
    contextValue: { caller: by },
  });
};

test('without the scope of a field its resolver never runs', async () => {
  const { data, errors } = await run(caller('other:read'));
  expect(data).toEqual({ thing: null });
  expect(errors).toMatchObject([{ path: ['thing'], extensions: { code: 'FORBIDDEN' } }]);
  expect(asked).toEqual([]);
});

test('a field without a resolver is also guarded', async () => {
  const { data, errors } = await run(caller('thing:read'));
  expect(data).toEqual({ thing: { id: '1', secret: null } });
  expect(errors).toMatchObject([{ path: ['thing', 'secret'], extensions: { code: 'FORBIDDEN' } }]);
});

test('the caller in development has every scope', async () => {
  expect(await run(caller('*'))).toEqual({ data: { thing: { id: '1', secret: 'hush' } } });
});

test.each([
  ['type', { Thnig: { id: () => '1' } }],
  ['field', { Query: { thnig: () => null } }],
])('rejects a resolver for an unknown %s', (_what, misspelt) => {
  expect(() => createSubgraphSchema({ typeDefs, resolvers: misspelt })).toThrow('does not have');
});
