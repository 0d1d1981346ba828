import { type GraphQLLeafType, isEnumType } from 'graphql';

/** Whether a JSON value is one of `type`. Only its subgraph knows what a custom scalar looks like. */
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
