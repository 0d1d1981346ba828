import {
  type FieldNode,
  type GraphQLResolveInfo,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  isAbstractType,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** By name, with all places that select it. */
type SelectedFields = ReadonlyMap<string, readonly FieldNode[]>;
/** What resolvers know of their operation. */
export type OperationInfo = Pick<GraphQLResolveInfo, 'schema' | 'operation' | 'fragments'>;
type ByType = Map<string, Map<string, FieldNode[]>>;

const NOTHING: SelectedFields = new Map();
const known = new WeakMap<OperationDefinitionNode, ByType>();

/**
 * The fields of `typeName` that an operation selects anywhere, so that one statement can read their columns. It may
 * name more fields than a response has: those below a condition or in a fragment that does not apply.
 */
export function selectedFields(info: OperationInfo, typeName: string): SelectedFields {
  let byType = known.get(info.operation);
  if (!byType) known.set(info.operation, (byType = readOperation(info)));
  return byType.get(typeName) ?? NOTHING;
}

function readOperation({ schema, operation, fragments }: OperationInfo): ByType {
  const byType: ByType = new Map();
  const types = new TypeInfo(schema);
  const definitions = [operation, ...Object.values(fragments)];
  visit(
    { kind: Kind.DOCUMENT, definitions },
    visitWithTypeInfo(types, {
      Field(node) {
        const parent = types.getParentType();
        if (!parent) return;
        const concrete = isAbstractType(parent) ? schema.getPossibleTypes(parent) : [parent];
        for (const { name } of concrete) {
          const fields = byType.get(name) ?? new Map<string, FieldNode[]>();
          byType.set(name, fields);
          const nodes = fields.get(node.name.value);
          if (nodes) nodes.push(node);
          else fields.set(node.name.value, [node]);
        }
      },
    }),
  );
  return byType;
}
