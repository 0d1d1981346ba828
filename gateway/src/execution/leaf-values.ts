import { type GraphQLLeafType, isEnumType } from 'graphql';

/**
 * Returns a function that checks whether a JSON value is valid for `type`. Custom scalars accept any value, because
 * only their subgraph knows them.
 */
export function leafValidity(type: GraphQLLeafType): (value: unknown) => boolean {
  if (isEnumType(type)) return (value) => typeof value === 'string' && !!type.getValue(value);
  switch (type.name) {
    case 'String':
      return (value) => typeof value === 'string';
    case 'Boolean':
      return (value) => typeof value === 'boolean';
    case 'Float':
      return (value) => typeof value === 'number';
    case 'Int':
      return (value) => Number.isInteger(value);
    case 'ID':
      return (value) => typeof value === 'string' || Number.isInteger(value);
    default:
      return () => true;
  }
}
