import { type DocumentNode, type FieldNode, Kind, OperationTypeNode, visit } from 'graphql';
import { type Fragments, responseName, selectedFields } from './selected-fields.ts';

/**
 * Returns `document` with each field of its mutations selected once, outside of fragments, in the order of the
 * specification. Otherwise the query planner may run mutations in another order, or run one of them twice.
 * @param mutationType The name of the mutation type, if the graph has mutations
 */
export function withSingleMutations(
  document: DocumentNode,
  mutationType: string | undefined,
): DocumentNode {
  if (mutationType === undefined) return document;
  const fragments: Fragments = Object.fromEntries(
    document.definitions.flatMap((it) =>
      it.kind === Kind.FRAGMENT_DEFINITION ? [[it.name.value, it]] : [],
    ),
  );
  const definitions = document.definitions.flatMap((definition) => {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      // The planner would use the fragment again, in a different order.
      return definition.typeCondition.name.value === mutationType ? [] : definition;
    }
    if (definition.kind !== Kind.OPERATION_DEFINITION) return definition;
    if (definition.operation !== OperationTypeNode.MUTATION) return definition;
    const { selectionSet } = definition;
    const selected = selectedFields([selectionSet], mutationType, fragments);
    const byName = Map.groupBy(selected, ({ field }) => responseName(field));
    const selections = [...byName.values()].flatMap((same) =>
      merged(same.map(({ field }) => field)),
    );
    return { ...definition, selectionSet: { ...selectionSet, selections } };
  });
  return withoutSpreads({ ...document, definitions }, { mutationType, fragments });
}

/** Payloads may contain the mutation type itself: fragments on it are replaced by inline fragments. */
const withoutSpreads = (
  document: DocumentNode,
  { mutationType, fragments }: { mutationType: string; fragments: Fragments },
): DocumentNode =>
  visit(document, {
    FragmentSpread({ name }) {
      const fragment = fragments[name.value];
      if (fragment?.typeCondition.name.value !== mutationType) return undefined;
      const { typeCondition, selectionSet } = fragment;
      return { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet };
    },
  });

/** One field with the selections of all. */
function merged(fields: readonly FieldNode[]): FieldNode[] {
  const [first] = fields;
  if (!first?.selectionSet) return first ? [first] : [];
  const selections = fields.flatMap(({ selectionSet }) => selectionSet?.selections ?? []);
  return [{ ...first, selectionSet: { ...first.selectionSet, selections } }];
}
