import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { Chance } from './chance.ts';

const SCALARS: Readonly<Record<string, readonly unknown[]>> = {
  Int: [0, 1, 2, 7, -3],
  Float: [0.5, 2, -1.25],
  String: ['a', 'b', '', 'two words', '"quoted"\n'],
  Boolean: [true, false],
  // The data of all worlds has 1 to 4; 9 never exists.
  ID: ['1', '2', '3', '4', '9'],
};
const OTHER_SCALARS = [1, 'text', true];
/** Only sent as variables. */
const JSON_VALUES = [
  ...OTHER_SCALARS,
  { nested: [1, { deep: null }] },
  [1, [2]],
  { __typename: 'X' },
];

export interface Variables {
  readonly definitions: string[];
  readonly values: Record<string, unknown>;
  /** Possible names of variables, each used once. */
  readonly names: readonly string[];
}

const MAX_DEPTH = 2;

/** Values for arguments: as literals, as variables, and as literals with variables in them. */
export function createInputs(chance: Chance, variables: Variables) {
  function literalOf(type: GraphQLInputType, { depth = 0, constant = false } = {}): string {
    if (!constant && chance.happens(0.3)) return variableOf(type);
    if (!isNonNullType(type) && chance.happens(0.1)) return 'null';
    return presentLiteral(getNullableType(type), { depth, constant });
  }

  function presentLiteral(
    type: GraphQLInputType,
    { depth, constant }: { depth: number; constant: boolean },
  ): string {
    const below = { depth: depth + 1, constant };
    if (isListType(type)) return `[${times(() => literalOf(type.ofType, below)).join(', ')}]`;
    if (isInputObjectType(type)) {
      const fields = someFields(type, depth);
      return `{${fields.map((field) => `${field.name}: ${literalOf(field.type, below)}`).join(', ')}}`;
    }
    if (isEnumType(type)) return chance.pick(type.getValues()).name;
    return JSON.stringify(chance.pick(SCALARS[type.name] ?? OTHER_SCALARS));
  }

  function variableOf(type: GraphQLInputType): string {
    const count = variables.definitions.length;
    const free = variables.names.filter(
      (name) => !variables.definitions.some((text) => text.startsWith(`$${name}:`)),
    );
    const name = free.length > 0 && chance.happens(0.3) ? chance.pick(free) : `v${count}`;
    const mayBeAbsent = !isNonNullType(type) && chance.happens(0.3);
    const byDefault =
      mayBeAbsent && chance.happens(0.5) ? ` = ${literalOf(type, { constant: true })}` : '';
    variables.definitions.push(`$${name}: ${String(type)}${byDefault}`);
    if (!mayBeAbsent) variables.values[name] = valueOf(type);
    return `$${name}`;
  }

  function valueOf(type: GraphQLInputType, depth = 0): unknown {
    if (!isNonNullType(type) && chance.happens(0.1)) return null;
    return presentValue(getNullableType(type), depth);
  }

  function presentValue(type: GraphQLInputType, depth: number): unknown {
    if (isListType(type)) return times(() => valueOf(type.ofType, depth + 1));
    if (isEnumType(type)) return chance.pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      return Object.fromEntries(
        someFields(type, depth).map((field) => [field.name, valueOf(field.type, depth + 1)]),
      );
    }
    return chance.pick(SCALARS[type.name] ?? JSON_VALUES);
  }

  const someFields = (type: GraphQLInputObjectType, depth: number) =>
    Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) || chance.happens(depth < MAX_DEPTH ? 0.4 : 0),
    );

  const times = <Item>(make: () => Item): Item[] => Array.from({ length: chance.below(4) }, make);

  return { literalOf };
}
