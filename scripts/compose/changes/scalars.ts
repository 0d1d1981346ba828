import { isScalarType, isSpecifiedScalarType, type GraphQLSchema } from 'graphql';

/** graphql-js can't print a list or an object that is the default of something of a custom scalar: it throws. */
export function makeDefaultsPrintable(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isScalarType(type) || isSpecifiedScalarType(type)) continue;
    type.serialize = (value) => (typeof value === 'object' ? JSON.stringify(value) : value);
  }
}
