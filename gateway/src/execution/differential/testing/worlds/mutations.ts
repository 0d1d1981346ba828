import type { Reference, World } from '../world.ts';

let value = 1;
const counter = () => ({ id: '1', value });
const refused = () => {
  throw new Error('refused');
};
const Mutation = {
  add: (_root: unknown, { by }: { by: number }) => {
    value += by;
    return counter();
  },
  finish: (_root: unknown, { by }: { by: number }) => {
    value += by;
    return { counter: counter(), query: {} };
  },
  double: () => {
    value *= 2;
    return counter();
  },
  refused,
  mustNot: refused,
};
const note = (_root: unknown, { text }: { text?: string | null }) => `${text} at ${value}`;
const reset = () => {
  value = 1;
  return counter();
};
const notes = () => ['one', 'two'];
const first = () => ({ id: '1' });
const label = ({ id }: Reference) => `counter ${id}`;
const broken = refused;

export const mutations: World = {
  name: 'mutations',
  subgraphs: {
    counters: {
      sdl: `
        type Counter @key(fields: "id") { id: ID! value: Int! }
        type Done { counter: Counter! query: Query! }
        type Query { counter: Counter! }
        type Mutation {
          finish(by: Int! = 5): Done! add(by: Int! = 1): Counter! double: Counter refused: Counter mustNot: Counter! }`,
      resolvers: { Query: { counter }, Mutation, Counter: { __resolveReference: counter } },
    },
    notes: {
      sdl: `
        type Counter @key(fields: "id") { id: ID! label: String broken: String }
        type Query { notes: [String!] first: Counter }
        type Mutation { note(text: String): String reset: Counter! }`,
      resolvers: {
        Query: { notes, first },
        Mutation: { note, reset: () => ({ id: reset().id }) },
        Counter: { label, broken },
      },
    },
  },
  monolith: {
    Query: { counter, notes, first: counter },
    Mutation: { ...Mutation, note, reset },
    Counter: { label, broken },
  },
  operations: [
    {
      query:
        'mutation ($yes: Boolean!) { add { id } note ... @include(if: $yes) { add { value } } }',
      variables: { yes: true },
    },
    'mutation { finish { counter { value label } query { notes counter { value } first { value label } } } }',
    'mutation { finish { query { first { value } } } add { value } }',
    'mutation { add(by: 2) { value } double { value label } three: add(by: 3) { value } }',
    'mutation { add { value } note(text: "n") double { value label } again: note }',
    'mutation { add { value } refused { value } double { value broken } }',
    'mutation { note add { label } mustNot { value } double { value } }',
    'mutation { note(text: "first") add { label } other: note(text: "second") }',
  ],
  reset: () => void reset(),
};
