import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isUnionType,
} from 'graphql';
import { expect, test } from 'vitest';
import { type LocalGraph, useBothExecutors } from '../testing/local-graph.ts';
import { subgraphs } from '../testing/local-subgraphs.ts';

const OPERATIONS = 300;
const MAX_DEPTH = 5;
/** How the arguments that must be there are given. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  id: '(id: "2")',
  ids: '(ids: ["1", "3", "9"])',
};
const DIRECTIVES = [
  '@include(if: $yes)',
  '@skip(if: $yes)',
  '@include(if: $no)',
  '@skip(if: true)',
];

let own: LocalGraph;
let apollo: LocalGraph;

useBothExecutors(subgraphs, (graphs) => ({ own, apollo } = graphs));

test('whatever is asked is answered as ApolloGateway answers it', async () => {
  const variables = { yes: true, no: false };
  let answered = 0;
  for (let seed = 1; seed <= OPERATIONS; seed += 1) {
    const query = operationOf(own.schema, seed);
    const [ours, expected] = [await own.ask(query, variables), await apollo.ask(query, variables)];
    expect(ours.errors, query).toEqual(expected.errors);
    // ApolloGateway puts two fragments of the same type together, and their fields before those between them.
    expect(JSON.parse(ours.text), query).toEqual(JSON.parse(expected.text));
    if (expected.text !== '{}') answered += 1;
  }
  // The others ask for fields that can't be merged.
  expect(answered).toBeGreaterThan(OPERATIONS / 2);
});

/** Always the same for a `seed`. */
function operationOf(schema: GraphQLSchema, seed: number): string {
  const chance = createChance(seed);

  const selectionsOf = (type: GraphQLCompositeType, depth: number): string => {
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const count = 1 + Math.floor(chance() * 4);
    const selections = Array.from({ length: count }, () => selectionOf(type, fields, depth));
    return `{ ${selections.join(' ')} }`;
  };

  const selectionOf = (
    type: GraphQLCompositeType,
    fields: readonly GraphQLField<unknown, unknown>[],
    depth: number,
  ): string => {
    const directive = chance() < 0.15 ? ` ${pick(DIRECTIVES)}` : '';
    if (isAbstractType(type) && (chance() < 0.6 || fields.length === 0)) {
      const possible = pick(schema.getPossibleTypes(type));
      return `... on ${possible.name}${directive} ${selectionsOf(possible, depth)}`;
    }
    const field = pick(fields);
    const fieldType = getNamedType(field.type);
    if (chance() < 0.1 || (isCompositeType(fieldType) && depth >= MAX_DEPTH)) return '__typename';
    const alias = chance() < 0.2 ? `${pick(['a', 'b'])}${field.name}: ` : '';
    const given = field.args.map(({ name }) => ARGUMENTS[name] ?? '').join('');
    const below = isCompositeType(fieldType) ? ` ${selectionsOf(fieldType, depth + 1)}` : '';
    return `${alias}${field.name}${given}${directive}${below}`;
  };

  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(chance() * items.length)]!;

  return `query ($yes: Boolean!, $no: Boolean!) {
    a: __typename @include(if: $yes) b: __typename @skip(if: $no)
    ... on Query ${selectionsOf(schema.getQueryType()!, 0)}
  }`;
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function createChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
