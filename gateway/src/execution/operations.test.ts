import { expect, test } from 'vitest';
import { type LocalSubgraphs, openForTest as open } from '../testing/local-graph.ts';

const nodes: LocalSubgraphs = {
  a: {
    sdl: `type Node { id: ID! likes: Int } type Query { node: Node }`,
    resolvers: { Query: { node: () => ({ id: '1', likes: 10 }) } },
  },
};

test('the conditions of other operations in the document are ignored', async () => {
  const ask = await open(nodes);
  const document = `
    query Likes($some: Boolean!) { node { ...N likes @include(if: $some) } }
    query Others($other: Boolean!) { node { ...N ...O } }
    fragment N on Node { id }
    fragment O on Node { likes @skip(if: $other) }`;
  expect(await ask(document, { some: true }, { operationName: 'Likes' })).toEqual({
    data: { node: { id: '1', likes: 10 } },
    errors: [],
  });
  expect(await ask(document, { other: true }, { operationName: 'Others' })).toEqual({
    data: { node: { id: '1' } },
    errors: [],
  });
});

test('new variants of an operation wait before planning; known ones do not', async () => {
  const ask = await open(nodes);
  let waited = 0;
  const contextValue = { beforePlanning: async () => void (waited += 1) };
  const query =
    'query ($a: Boolean!, $b: Boolean!) { node { id @include(if: $a) likes @skip(if: $b) } }';
  for (const [a, b] of [
    [true, true],
    [true, false],
    [false, true],
    [true, false],
  ]) {
    expect((await ask(query, { a, b }, { contextValue })).errors).toEqual([]);
  }
  expect(waited).toBe(3);
});

test('a mutation may return its own type', async () => {
  const version = () => 1;
  const ask = await open({
    a: {
      sdl: `type Query { version: Int }
        type Mutation { version: Int go: Result }
        type Result { again: Mutation }`,
      resolvers: { Query: { version }, Mutation: { version, go: () => ({ again: {} }) } },
    },
  });
  expect(
    await ask('mutation { ...V go { again { ...V } } } fragment V on Mutation { version }'),
  ).toEqual({ data: { version: 1, go: { again: { version: 1 } } }, errors: [] });
});

test('a condition that is null is an error of the client', async () => {
  const ask = await open(nodes);
  const query = 'query ($a: Boolean = true) { node { id likes @include(if: $a) } }';
  const { data, errors } = await ask(query, { a: null });
  expect(data).toBeUndefined();
  expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT' }]);
});

test('a failed introspection is null with an error, and other fields are returned', async () => {
  const ask = await open(nodes);
  const query = 'query ($n: String = "T") { type: __type(name: $n) { name } node { id } }';
  const { data, errors } = await ask(query, { n: null });
  expect(data).toEqual({ type: null, node: { id: '1' } });
  expect(errors).toMatchObject([{ path: ['type'] }]);
});
