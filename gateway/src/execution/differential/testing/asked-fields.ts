import { type GraphQLResolveInfo, getNamedType, isObjectType } from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';

/** The names of the fields that the operation selects on the object at `info`. */
export function askedFields(info: GraphQLResolveInfo): ReadonlySet<string> {
  const { schema, fragments, variableValues, fieldNodes, returnType } = info;
  const type = getNamedType(returnType);
  if (!isObjectType(type)) throw new Error(`${type.name} is no object type.`);
  const fields = collectSubfields(schema, fragments, variableValues, type, [...fieldNodes]);
  return new Set([...fields.values()].map(([node]) => node!.name.value));
}
