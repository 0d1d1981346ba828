import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  Kind,
  type SelectionNode,
  visit,
} from 'graphql';

const TYPENAME: FieldNode = {
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: '__typename' },
};

/**
 * `document` with `@skip` and `@include` as the query planner plans them right:
 * - Those that do not depend on variables are carried out. Where they stand beside others, the planner would
 *   fetch what nobody asked for, or could not plan at all.
 * - An object of which everything is conditional is asked for its type, too. Otherwise the planner would make
 *   the object itself conditional.
 */
export function withPlainConditions(document: DocumentNode): DocumentNode {
  return visit(document, {
    SelectionSet: {
      leave(selectionSet, _key, parent) {
        const selections = selectionSet.selections.flatMap(carriedOut);
        const isRoot =
          parent !== undefined && 'kind' in parent && parent.kind === Kind.OPERATION_DEFINITION;
        const isBare = selections.length === 0 || (!isRoot && selections.every(isConditional));
        if (isBare) selections.push(TYPENAME);
        const isSame =
          selections.length === selectionSet.selections.length &&
          selections.every((it, index) => it === selectionSet.selections[index]);
        return isSame ? undefined : { ...selectionSet, selections };
      },
    },
  });
}

function carriedOut(selection: SelectionNode): SelectionNode[] {
  const { directives = [] } = selection;
  const constant = directives.filter((directive) => constantOf(directive) !== undefined);
  if (constant.length === 0) return [selection];
  const isIncluded = constant.every(
    (directive) => constantOf(directive) === (directive.name.value === 'include'),
  );
  if (!isIncluded) return [];
  return [{ ...selection, directives: directives.filter((it) => !constant.includes(it)) }];
}

function constantOf(directive: DirectiveNode): boolean | undefined {
  if (!isCondition(directive)) return undefined;
  const value = directive.arguments?.[0]?.value;
  return value?.kind === Kind.BOOLEAN ? value.value : undefined;
}

/** Whether a directive is `@skip` or `@include`. */
export const isCondition = ({ name }: DirectiveNode): boolean =>
  name.value === 'skip' || name.value === 'include';

const isConditional = ({ directives = [] }: SelectionNode): boolean => directives.some(isCondition);
