import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type NamedTypeNode,
  type SelectionSetNode,
  isAbstractType,
} from 'graphql';
import { PLACEHOLDER } from './conditions.ts';

/** The inputs of field collection. Conditions are resolved before it. */
export interface Selecting {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
}

export interface CollectedFields {
  /** By response name, in the order that the specification defines. */
  readonly fields: ReadonlyMap<string, readonly FieldNode[]>;
  /** Whether an object of another type could have other fields. */
  readonly dependsOnType: boolean;
}

/**
 * Collects the fields that `selectionSets` select on an object of `type` (GraphQL, "CollectFields"). `type` is an
 * interface if the type of the object is unknown.
 */
export function collectFields(
  { schema, fragments }: Selecting,
  type: GraphQLObjectType | GraphQLInterfaceType,
  selectionSets: readonly SelectionSetNode[],
): CollectedFields {
  const fields = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  let dependsOnType = false;

  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection === PLACEHOLDER) continue;
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        const nodes = fields.get(name);
        if (nodes) nodes.push(selection);
        else fields.set(name, [selection]);
        if (selection.name.value === '__typename') dependsOnType = true;
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (applies(selection.typeCondition)) collect(selection.selectionSet);
      } else if (!visited.has(selection.name.value)) {
        visited.add(selection.name.value);
        const fragment = fragments[selection.name.value];
        if (fragment && applies(fragment.typeCondition)) collect(fragment.selectionSet);
      }
    }
  };
  const applies = (condition: NamedTypeNode | undefined): boolean => {
    if (!condition || condition.name.value === type.name) return true;
    const conditionType = schema.getType(condition.name.value);
    if (isAbstractType(conditionType) && schema.isSubType(conditionType, type)) return true;
    dependsOnType = true;
    return false;
  };

  for (const selectionSet of selectionSets) collect(selectionSet);
  return { fields, dependsOnType };
}
