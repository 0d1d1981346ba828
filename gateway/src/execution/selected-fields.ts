import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedOutputType,
  type GraphQLSchema,
  Kind,
  type SelectionSetNode,
  getNamedType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

export type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

/** All fields that `selectionSets` select, ignoring conditions, each with the type that it is selected on. */
export const selectedFields = (
  selectionSets: readonly SelectionSetNode[],
  parent: string,
  fragments: Fragments = {},
): { field: FieldNode; parent: string }[] =>
  selectionSets.flatMap(({ selections }) =>
    selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return { field: selection, parent };
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;
      if (!fragment) return [];
      const type = fragment.typeCondition?.name.value ?? parent;
      return selectedFields([fragment.selectionSet], type, fragments);
    }),
  );

export const responseName = ({ alias, name }: FieldNode): string => (alias ?? name).value;

/** The type of `parent.fieldName`, without lists and non-null. */
export function fieldTypeOf(
  schema: GraphQLSchema,
  parent: string,
  fieldName: string,
): GraphQLNamedOutputType | undefined {
  const type = schema.getType(parent);
  if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
  const field = type.getFields()[fieldName];
  return field && getNamedType(field.type);
}
