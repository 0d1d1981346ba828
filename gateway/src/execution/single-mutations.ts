import { refusedRequest } from '@federated-media/subgraph-kit/errors';
import {
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  Kind,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  print,
} from 'graphql';
import { isCondition } from './plain-conditions.ts';
import { type Fragments, responseName } from './selected-fields.ts';

/** A field of the mutation itself, with the conditions of it and of the fragments it is in. */
interface Occurrence {
  readonly field: FieldNode;
  readonly conditions: readonly DirectiveNode[];
}

/**
 * `document` with each field of its mutations selected once, in the order of the specification. Selected
 * several times, the query planner would run it out of turn, or twice.
 * @param mutationType Its name, if the graph has mutations
 * @throws GraphQLError BAD_REQUEST for a field that is selected under different conditions
 */
export function withSingleMutations(
  document: DocumentNode,
  mutationType: string | undefined,
): DocumentNode {
  const isMutation = (it: DefinitionNode) =>
    it.kind === Kind.OPERATION_DEFINITION && it.operation === OperationTypeNode.MUTATION;
  if (!document.definitions.some(isMutation)) return document;
  const fragments: Fragments = Object.fromEntries(
    document.definitions.flatMap((it) =>
      it.kind === Kind.FRAGMENT_DEFINITION ? [[it.name.value, it]] : [],
    ),
  );
  const definitions = document.definitions.flatMap((definition) => {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      // Where it finds one, the planner puts the mutation's fields back into it, in an order of its own.
      return definition.typeCondition.name.value === mutationType ? [] : definition;
    }
    if (definition.kind !== Kind.OPERATION_DEFINITION || !isMutation(definition)) return definition;
    const occurrences = occurrencesIn(definition.selectionSet, fragments, []);
    const byName = Map.groupBy(occurrences, ({ field }) => responseName(field));
    const selections = [...byName.values()].map(single);
    return { ...definition, selectionSet: { ...definition.selectionSet, selections } };
  });
  return { ...document, definitions };
}

const occurrencesIn = (
  { selections }: SelectionSetNode,
  fragments: Fragments,
  outer: readonly DirectiveNode[],
): Occurrence[] =>
  selections.flatMap((selection) => {
    const conditions = [...outer, ...(selection.directives ?? []).filter(isCondition)];
    if (selection.kind === Kind.FIELD) return { field: selection, conditions };
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;
    return fragment ? occurrencesIn(fragment.selectionSet, fragments, conditions) : [];
  });

function single(occurrences: readonly Occurrence[]): SelectionNode {
  const [first] = occurrences;
  if (!first) throw new Error('A field that is selected nowhere.');
  const unconditional = occurrences.find(({ conditions }) => conditions.length === 0);
  if (!unconditional && new Set(occurrences.map(conditionsText)).size > 1) {
    throw refusedRequest(
      `The mutation's field "${responseName(first.field)}" is selected under different conditions: select it once.`,
    );
  }
  const outer = unconditional ? [] : first.conditions;
  const selections = occurrences.flatMap(({ field: { selectionSet }, conditions }) => {
    if (!selectionSet) return [];
    return unconditional
      ? within(conditions, selectionSet.selections)
      : [...selectionSet.selections];
  });
  const { selectionSet } = first.field;
  const field: FieldNode = {
    ...first.field,
    directives: (first.field.directives ?? []).filter((it) => !isCondition(it)),
    ...(selectionSet && { selectionSet: { ...selectionSet, selections } }),
  };
  const [selection] = within(outer, [field]);
  return selection ?? field;
}

const conditionsText = ({ conditions }: Occurrence) =>
  conditions
    .map((condition) => print(condition))
    .toSorted()
    .join();

/** `selections`, under all of `conditions`. */
const within = (
  conditions: readonly DirectiveNode[],
  selections: readonly SelectionNode[],
): SelectionNode[] =>
  conditions.reduceRight<SelectionNode[]>(
    (inner, condition) => [
      {
        kind: Kind.INLINE_FRAGMENT,
        directives: [condition],
        selectionSet: { kind: Kind.SELECTION_SET, selections: inner },
      },
    ],
    [...selections],
  );
