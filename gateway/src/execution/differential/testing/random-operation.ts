import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  doTypesOverlap,
  getNamedType,
  isCompositeType,
  isNonNullType,
  isUnionType,
  parse,
  print,
} from 'graphql';
import { type Chance, createChance } from './chance.ts';
import { type Variables, createInputs } from './inputs.ts';
import type { Operation } from './world.ts';

const MAX_DEPTH = 4;
const CONDITIONS = ['$yes', '$no', '$maybe', 'true', 'false'];

interface Fragment {
  readonly name: string;
  readonly on: GraphQLCompositeType;
  readonly text: string;
}

/** Generates an operation from `schema`; the same for the same `seed`. It may select fields that cannot be merged. */
export function randomOperation(
  schema: GraphQLSchema,
  { seed, variableNames = [] }: { seed: number; variableNames?: readonly string[] | undefined },
): Required<Operation> {
  const chance = createChance(seed);
  const isMutation = schema.getMutationType() && chance.happens(0.5);
  const root = isMutation ? schema.getMutationType()! : schema.getQueryType()!;
  const variables: Variables = { definitions: [], values: {}, names: variableNames };
  const fragments: Fragment[] = [];
  const selections = createSelections({ schema, chance, variables, fragments });
  const body = selections(root, 0);
  const texts = fragments.map(({ name, on, text }) => `fragment ${name} on ${on.name} ${text}`);
  const isUsed = (name: string) => [body, ...texts].some((text) => text.includes(`$${name}`));
  if (isUsed('yes')) variables.definitions.push('$yes: Boolean!');
  if (isUsed('no')) variables.definitions.push('$no: Boolean!');
  if (isUsed('maybe')) variables.definitions.push('$maybe: Boolean = true');
  const given = {
    yes: true,
    no: false,
    ...(chance.happens(0.5) && { maybe: chance.happens(0.3) }),
  };
  const { definitions } = variables;
  const declared = definitions.length > 0 ? `(${definitions.join(', ')})` : '';
  const text = [`${isMutation ? 'mutation' : 'query'} Random${declared} ${body}`, ...texts].join(
    '\n',
  );
  return { query: print(parse(text)), variables: { ...variables.values, ...given } };
}

function createSelections({
  schema,
  chance,
  variables,
  fragments,
}: {
  schema: GraphQLSchema;
  chance: Chance;
  variables: Variables;
  fragments: Fragment[];
}) {
  const { literalOf } = createInputs(chance, variables);
  const composites = Object.values(schema.getTypeMap()).filter(
    (type) => isCompositeType(type) && !type.name.startsWith('__'),
  ) as GraphQLCompositeType[];

  function selectionsOf(type: GraphQLCompositeType, depth: number): string {
    const count = 1 + chance.below(depth === 0 ? 3 : 4);
    return `{ ${Array.from({ length: count }, () => selectionOf(type, depth)).join(' ')} }`;
  }

  function selectionOf(type: GraphQLCompositeType, depth: number): string {
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    if (chance.happens(0.08)) return `${chance.happens(0.3) ? 'type_1: ' : ''}__typename`;
    const isDeep = depth >= MAX_DEPTH;
    if (!isDeep && (fields.length === 0 || chance.happens(0.2))) return fragmentOn(type, depth);
    const within = fields.filter((field) => !isDeep || !isCompositeType(getNamedType(field.type)));
    return within.length > 0 ? fieldOf(chance.pick(within), depth) : '__typename';
  }

  function fieldOf(field: GraphQLField<unknown, unknown>, depth: number): string {
    const given = field.args
      .filter(({ type, defaultValue }) =>
        chance.happens(isNonNullType(type) && defaultValue === undefined ? 1 : 0.6),
      )
      .map(({ name, type }) => `${name}: ${literalOf(type)}`);
    const hasArguments = field.args.length > 0;
    const alias = chance.happens(hasArguments ? 0.7 : 0.15)
      ? `${field.name}_${1 + chance.below(4)}: `
      : '';
    const type = getNamedType(field.type);
    const below = isCompositeType(type) ? selectionsOf(type, depth + 1) : '';
    return `${alias}${field.name}${given.length > 0 ? `(${given.join(', ')})` : ''}${condition()} ${below}`;
  }

  function fragmentOn(type: GraphQLCompositeType, depth: number): string {
    const on = chance.pick(composites.filter((other) => doTypesOverlap(schema, type, other)));
    if (chance.happens(0.25)) return `...${namedFragment(on, depth)}${condition()}`;
    const isBare = on === type && chance.happens(0.5);
    return `...${isBare ? '' : ` on ${on.name}`}${condition()} ${selectionsOf(on, depth + 1)}`;
  }

  function namedFragment(on: GraphQLCompositeType, depth: number): string {
    const known = fragments.find((fragment) => fragment.on === on);
    if (known && chance.happens(0.4)) return known.name;
    const text = selectionsOf(on, depth + 1);
    const name = `F${fragments.length + 1}`;
    fragments.push({ name, on, text });
    return name;
  }

  const condition = (): string =>
    ['@include', '@skip']
      .filter(() => chance.happens(0.06))
      .map((directive) => ` ${directive}(if: ${chance.pick(CONDITIONS)})`)
      .join('');

  return selectionsOf;
}
