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
const label = ({ id }: Reference) => `counter ${id}`;
const broken = refused;

export const mutations: World = {
  name: 'mutations',
  subgraphs: {
    counters: {
      sdl: `
        type Counter @key(fields: "id") { id: ID! value: Int! }
        type Query { counter: Counter! }
        type Mutation { add(by: Int! = 1): Counter! double: Counter refused: Counter mustNot: Counter! }`,
      resolvers: { Query: { counter }, Mutation, Counter: { __resolveReference: counter } },
    },
    notes: {
      sdl: `
        type Counter @key(fields: "id") { id: ID! label: String broken: String }
        type Mutation { note(text: String): String reset: Counter! }`,
      resolvers: {
        Mutation: { note, reset: () => ({ id: reset().id }) },
        Counter: { label, broken },
      },
    },
  },
  monolith: {
    Query: { counter },
    Mutation: { ...Mutation, note, reset },
    Counter: { label, broken },
  },
  operations: [
    'mutation { add(by: 2) { value } double { value label } three: add(by: 3) { value } }',
    'mutation { add { value } note(text: "n") double { value label } again: note }',
    'mutation { add { value } refused { value } double { value broken } }',
    'mutation { note add { label } mustNot { value } double { value } }',
    'mutation { note(text: "first") add { label } other: note(text: "second") }',
  ],
  reset: () => void reset(),
};
