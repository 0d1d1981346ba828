import {
  type GraphQLInputType,
  type GraphQLSchema,
  getOperationAST,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  parse,
  typeFromAST,
} from 'graphql';

/**
 * Values of the right types for the required variables of an operation, for callers to which the values do not
 * matter.
 */
export function placeholders(
  schema: GraphQLSchema,
  { document, operationName }: { document: string; operationName: string | undefined },
): Record<string, unknown> {
  const operation = getOperationAST(parse(document), operationName);
  const values: Record<string, unknown> = {};
  for (const { variable, type: typeNode, defaultValue } of operation?.variableDefinitions ?? []) {
    const type = typeFromAST(schema, typeNode);
    if (defaultValue || !type || !isInputType(type) || !isNonNullType(type)) continue;
    values[variable.name.value] = placeholderOf(type);
  }
  return values;
}

function placeholderOf(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return placeholderOf(type.ofType);
  if (isListType(type)) return [];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    const needed = Object.values(type.getFields()).filter(isRequiredInputField);
    return Object.fromEntries(needed.map(({ name, type: inner }) => [name, placeholderOf(inner)]));
  }
  if (type.name === 'Boolean') return false;
  return type.name === 'Int' || type.name === 'Float' ? 0 : 'x';
}
