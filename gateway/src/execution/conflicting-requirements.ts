import {
  type GraphQLNamedOutputType,
  type OperationDefinitionNode,
  type SelectionSetNode,
  isAbstractType,
} from 'graphql';
import { type Fragments, fieldTypeOf, responseName, selectedFields } from './selected-fields.ts';
import { type SupergraphFacts, argumentsOf } from './supergraph-facts.ts';

/** What the fields of one object require, by field: with which arguments, and for which field. */
type Required = Map<string, { arguments: string; by: string; below: Required }>;

/** The field that requires something, and those that led to it. */
interface Origin {
  readonly coordinate: string;
  readonly seen: ReadonlySet<string>;
}

/**
 * Why the operation can't be answered correctly: it selects two fields of one object that require (`@requires`)
 * the same field with different arguments. ApolloGateway plans one fetch of it, for both. Undefined for every
 * other operation.
 */
export function requirementConflict({
  facts: { schema, planned, requiredBy },
  operation,
  fragments,
}: {
  facts: Pick<SupergraphFacts, 'schema' | 'planned' | 'requiredBy'>;
  operation: OperationDefinitionNode;
  fragments: Fragments;
}): string | undefined {
  if (![...planned.values()].some((variants) => variants.size > 1)) return undefined;

  /** The problem of the objects that are selected at one path of the operation, and below. */
  const problemAt = (
    type: GraphQLNamedOutputType,
    selectionSets: readonly SelectionSetNode[],
  ): string | undefined => {
    const selected = selectedFields(selectionSets, type.name, fragments);
    for (const { name } of isAbstractType(type) ? schema.getPossibleTypes(type) : [type]) {
      const required: Required = new Map();
      for (const { field } of selected) {
        const problem = addRequired(required, `${name}.${field.name.value}`);
        if (problem) return problem;
      }
    }
    for (const group of Map.groupBy(selected, ({ field }) => responseName(field)).values()) {
      const [first] = group;
      const below = group.flatMap(({ field }) => field.selectionSet ?? []);
      const fieldType = first && fieldTypeOf(schema, first.parent, first.field.name.value);
      const problem = fieldType && below.length > 0 ? problemAt(fieldType, below) : undefined;
      if (problem) return problem;
    }
    return undefined;
  };

  /** Adds what the field requires, and what that requires in turn. */
  const addRequired = (
    required: Required,
    coordinate: string,
    seen: ReadonlySet<string> = new Set(),
  ): string | undefined => {
    if (seen.has(coordinate)) return undefined;
    const origin = { coordinate, seen: new Set([...seen, coordinate]) };
    const [typeName = ''] = coordinate.split('.');
    for (const { fieldSet } of requiredBy.get(coordinate) ?? []) {
      const problem = addFields(required, { typeName, fieldSet, origin });
      if (problem) return problem;
    }
    return undefined;
  };

  const addFields = (
    required: Required,
    {
      typeName,
      fieldSet,
      origin,
    }: { typeName: string; fieldSet: SelectionSetNode; origin: Origin },
  ): string | undefined => {
    for (const { field, parent } of selectedFields([fieldSet], typeName)) {
      const name = field.name.value;
      const by = origin.coordinate;
      const known = required.get(name) ?? { arguments: argumentsOf(field), by, below: new Map() };
      if (known.arguments !== argumentsOf(field))
        return conflictMessage(known.by, by, `${parent}.${name}`);
      required.set(name, known);
      const fieldType = fieldTypeOf(schema, parent, name);
      const problem =
        addRequired(required, `${parent}.${name}`, origin.seen) ??
        (field.selectionSet && fieldType
          ? addFields(known.below, {
              typeName: fieldType.name,
              fieldSet: field.selectionSet,
              origin,
            })
          : undefined);
      if (problem) return problem;
    }
    return undefined;
  };

  const root = schema.getRootType(operation.operation);
  return root ? problemAt(root, [operation.selectionSet]) : undefined;
}

const conflictMessage = (one: string, other: string, required: string) =>
  `${one} and ${other} require ${required} with different arguments. Select them in separate operations.`;
