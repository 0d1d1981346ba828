import { setImmediate as nextTurn } from 'node:timers/promises';
import { execute, parse } from 'graphql';
import { expect, onTestFinished, test } from 'vitest';
import type { Caller } from '../identity.ts';
import { createSubgraphSchema } from '../schema.ts';
import { createExecutor } from './execute.ts';

const given: unknown[] = [];
const caller: Caller = { subject: 'ann', storeId: 'demo', scopes: new Set(), issuer: 'gateway' };
const schema = createSubgraphSchema({
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    directive @access(scope: String!) on FIELD_DEFINITION
    type Thing @key(fields: "id") {
      id: ID!
      size(of: Int = 1, more: [Int!]): Int
      late: String!
      secret: String @access(scope: "thing:admin")
    }
    type Query { things: [Thing!] calls: [Int!]! }
    type Mutation { change: Thing }
  `),
  resolvers: {
    Query: { things: () => [{ id: '1' }, { id: '2' }], calls: () => [1, 2] },
    Mutation: { change: () => ({ id: '3' }) },
    Thing: {
      __resolveReference: ({ id }: { id: string }) => (id === '9' ? null : { id }),
      size: (_thing: unknown, args: unknown) => given.push(args),
      late: ({ id }: { id: string }) => {
        if (id === '2') throw new Error('at once');
        return Promise.reject(new Error('later'));
      },
    },
  },
});
const executeCompiled = createExecutor(schema);

async function run(
  query: string,
  variableValues: Record<string, unknown> = {},
  operationName?: string,
) {
  given.length = 0;
  const args = {
    document: parse(query),
    variableValues,
    contextValue: { caller },
    ...(operationName !== undefined && { operationName }),
  };
  const plain = (result: unknown): unknown => JSON.parse(JSON.stringify(result));
  const expected = plain(await execute({ schema, ...args }));
  given.length = 0;
  const result = plain(await executeCompiled(args));
  expect(result).toEqual(expected);
  return result;
}

test('calls of a field receive the same arguments, which cannot be changed', async () => {
  await run('{ things { size } }');
  expect(given).toEqual([{ of: 1 }, { of: 1 }]);
  expect(given[0]).toBe(given[1]);
  expect(Object.isFrozen(given[0])).toBe(true);
});

test('arguments with variables are those of the request', async () => {
  const query = 'query ($n: Int) { things { size(more: [7, $n]) } }';
  const document = parse(query.replace('$n: Int', '$n: Int!'));
  for (const n of [1, 2]) {
    given.length = 0;
    await executeCompiled({ document, variableValues: { n }, contextValue: { caller } });
    const expected = { of: 1, more: [7, n] };
    expect(given).toEqual([expected, expected]);
  }
  await run(query, { n: null });
});

test.each([
  [
    'entities',
    '{ _entities(representations: [{ __typename: "Thing", id: "1" }, { __typename: "Thing", id: "9" }]) { ... on Thing { id } } }',
  ],
  [
    'an unknown entity type',
    '{ _entities(representations: [{ __typename: "Nothing" }]) { __typename } }',
  ],
  ['a field without its scope', '{ things { id secret } }'],
  ['introspection', '{ __schema { queryType { name } } __type(name: "Thing") { name } }'],
  [
    'a name that would change a prototype',
    '{ __proto__: things { __proto__: id } constructor: calls }',
  ],
  ['a mutation', 'mutation { change { id } again: change { size } }'],
  ['an invalid document', '{ things { nothing id } nothing }'],
  ['the SDL', '{ _service { sdl } }'],
])('%s: the result is that of graphql-js', async (_what, query) => {
  await run(query);
});

test('variables, conditions and operation names: the result is that of graphql-js', async () => {
  const query = `
    query First($yes: Boolean!, $n: Int = 2) { things @skip(if: $yes) { id } calls @include(if: $yes) }
    query Second($n: Int!) { things { size(of: $n) @skip(if: false) id @include(if: false) } }`;
  await run(query, { yes: true }, 'First');
  await run(query, { yes: false }, 'First');
  await run(query, { yes: 'no' }, 'First');
  await run(query, { n: 3 }, 'Second');
  await run(query, { n: 'many' }, 'Second');
  await run(query, {}, 'Third');
  await run(query);
});

test('no rejection stays unhandled when another element of a list fails', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const contextValue = { caller };
  const document = parse('{ things { id late } }');
  const { data, errors } = await executeCompiled({ document, contextValue });
  expect(data).toEqual({ things: null });
  expect(errors?.map(({ message, path }) => [message, path])).toEqual([
    ['at once', ['things', 1, 'late']],
  ]);
  await nextTurn();
  expect(unhandled).toEqual([]);
});
