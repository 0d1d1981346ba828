import { type ExecutionResult, execute, parse, subscribe } from 'graphql';
import { expect, test } from 'vitest';
import type { Caller } from './identity.ts';
import { createSubgraphSchema } from './schema.ts';

const directives = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  directive @access(scope: String!) on FIELD_DEFINITION`;
const typeDefs = parse(`${directives}
  interface Node { id: ID! secret: String @access(scope: "node:admin") }
  type Thing implements Node @key(fields: "id") {
    id: ID!
    secret: String
    note: String @access(scope: "thing:admin")
    parts: [Part!]
  }
  type Part implements Node { id: ID! secret: String @access(scope: "part:admin") }
  union Any = Thing | Part
  type Query {
    thing: Thing
    things: [Thing!]!
    node: Node
    any: Any
    guarded: Thing @access(scope: "thing:read")
  }
  type Mutation { change: Thing @access(scope: "thing:write") alsoChange: Thing }
  type Subscription { changes: Thing @access(scope: "thing:read") }
`);

let ran: string[] = [];
const saying = (what: string) => () => {
  ran.push(what);
  return what;
};
const thing = { __typename: 'Thing', id: '1', parts: [{ id: 'p1' }, { id: 'p2' }] };
const schema = createSubgraphSchema({
  typeDefs,
  resolvers: {
    Query: {
      thing: () => thing,
      things: () => [thing, thing],
      node: () => thing,
      any: () => thing,
      guarded: saying('guarded'),
    },
    Mutation: { change: saying('change'), alsoChange: () => thing },
    Subscription: {
      changes: {
        subscribe: async function* () {
          ran.push('subscribe');
          yield { changes: thing };
        },
      },
    },
    Thing: {
      __resolveReference: () => thing,
      secret: saying('secret'),
      note: saying('note'),
    },
    Part: { secret: saying('secret of a part') },
  },
});

const contextOf = (...scopes: string[]): { caller: Caller } => ({
  caller: { subject: 'ann', storeId: 'demo', scopes: new Set(scopes), issuer: 'gateway' },
});

async function run(document: string, ...scopes: string[]): Promise<ExecutionResult> {
  ran = [];
  return execute({ schema, document: parse(document), contextValue: contextOf(...scopes) });
}

const pathsOf = ({ errors = [] }: ExecutionResult) => errors.map(({ path }) => path?.join('.'));
const codesOf = ({ errors = [] }: ExecutionResult) =>
  new Set(errors.map(({ extensions }) => extensions['code']));

test.each([
  ['by itself', '{ guarded { id } }', ['guarded']],
  ['under another name', '{ a: guarded { id } b: guarded { id } }', ['a', 'b']],
  ['of a type', '{ thing { note } }', ['thing.note']],
  ['of every item of a list', '{ things { note } }', ['things.0.note', 'things.1.note']],
  [
    'deep inside',
    '{ thing { parts { secret } } }',
    ['thing.parts.0.secret', 'thing.parts.1.secret'],
  ],
  ['in an inline fragment', '{ ... { thing { ... on Thing { note } } } }', ['thing.note']],
  ['in a fragment', '{ thing { ...f } } fragment f on Thing { note }', ['thing.note']],
  ['of an interface', '{ node { secret } }', ['node.secret']],
  ['of a type, that its interface guards', '{ thing { secret } }', ['thing.secret']],
  ['in a fragment on an interface', '{ any { ... on Node { secret } } }', ['any.secret']],
  ['in a fragment on a union', '{ any { ... on Thing { note } } }', ['any.note']],
  [
    'of an entity',
    '{ _entities(representations: [{ __typename: "Thing", id: "1" }]) { ... on Thing { note } } }',
    ['_entities.0.note'],
  ],
  ['that changes something', 'mutation { change { id } }', ['change']],
  ['included by a directive', '{ thing { note @include(if: true) } }', ['thing.note']],
])(
  'a field %s is null without its scope, and its resolver never runs',
  async (_what, query, paths) => {
    const answer = await run(query, 'other:read');
    expect(pathsOf(answer)).toEqual(paths);
    expect(codesOf(answer)).toEqual(new Set(['FORBIDDEN']));
    expect(ran).toEqual([]);
    for (const path of paths) {
      const at = path
        .split('.')
        .reduce<unknown>((data, key) => Reflect.get(Object(data), key), answer.data);
      expect(at).toBeNull();
    }
  },
);

test('the scopes of a type and its interface are both required', async () => {
  const query = '{ thing { parts { secret } } }';
  for (const scope of ['node:admin', 'part:admin']) {
    expect(codesOf(await run(query, scope))).toEqual(new Set(['FORBIDDEN']));
    expect(ran).toEqual([]);
  }
  expect((await run(query, 'node:admin', 'part:admin')).errors).toBeUndefined();
});

test('returns other fields next to a forbidden one', async () => {
  const { data } = await run('mutation { change { id } alsoChange { id note } }', 'thing:admin');
  expect(data).toEqual({ change: null, alsoChange: { id: '1', note: 'note' } });
});

test('rejects a subscription without the scope', async () => {
  ran = [];
  const document = parse('subscription { changes { id } }');
  const refused = await subscribe({ schema, document, contextValue: contextOf() });
  expect(refused).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  expect(ran).toEqual([]);
});

test.each(['', '(scope: "")', '(scope: null)', '(scope: 7)'])(
  'rejects a schema with @access%s',
  (given) => {
    const unreadable = parse(`${directives} type Query { thing: ID @access${given} }`);
    expect(() => createSubgraphSchema({ typeDefs: unreadable, resolvers: {} })).toThrow();
  },
);
