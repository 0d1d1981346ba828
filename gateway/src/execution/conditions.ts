import {
  type DocumentNode,
  type FieldNode,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type SelectionNode,
  getDirectiveValues,
  visit,
} from 'graphql';

type Variables = Readonly<Record<string, unknown>>;

/**
 * Selected where no other selection remains, because the object must still be fetched. Never returned to the client.
 */
export const PLACEHOLDER: FieldNode = {
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: '__typename' },
};

const isCondition = (name: string) => name === 'skip' || name === 'include';

/** The variables that `@skip` and `@include` depend on. */
export function conditionVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: given = [] }) {
      for (const { value } of isCondition(name.value) ? given : []) {
        if (value.kind === Kind.VARIABLE) names.add(value.name.value);
      }
    },
  });
  return [...names];
}

/**
 * Returns `document` for these `variables`, with `@skip` and `@include` applied and removed. The query planner merges
 * conditional selections with others: it would fetch fields that were not requested, make whole objects conditional,
 * and run mutations twice.
 */
export function resolveConditions(document: DocumentNode, variables: Variables): DocumentNode {
  return visit(document, {
    SelectionSet: {
      leave(selectionSet) {
        const selections = selectionSet.selections.flatMap((it) => resolved(it, variables));
        const isUnchanged =
          selections.length === selectionSet.selections.length &&
          selections.every((it, index) => it === selectionSet.selections[index]);
        if (isUnchanged) return undefined;
        return { ...selectionSet, selections: selections.length > 0 ? selections : [PLACEHOLDER] };
      },
    },
  });
}

function resolved(selection: SelectionNode, variables: Variables): SelectionNode[] {
  const { directives = [] } = selection;
  const others = directives.filter(({ name }) => !isCondition(name.value));
  if (others.length === directives.length) return [selection];
  const isSkipped = getDirectiveValues(GraphQLSkipDirective, selection, variables)?.['if'];
  const isIncluded = getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'];
  if (isSkipped === true || isIncluded === false) return [];
  return [{ ...selection, directives: others }];
}
