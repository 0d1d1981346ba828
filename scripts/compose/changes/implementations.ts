import { isInterfaceType, isObjectType, type GraphQLSchema } from 'graphql';
import type { Change } from './change.ts';

/**
 * Finds new types of known interfaces: a field of the interface may return them from now on. graphql-js reports this
 * only for types that existed before.
 */
export function newImplementations(before: GraphQLSchema, after: GraphQLSchema): Change[] {
  return Object.values(after.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) || before.getType(type.name)) return [];
    return type
      .getInterfaces()
      .filter(({ name }) => isInterfaceType(before.getType(name)))
      .map(({ name }) => ({
        effect: 'dangerous' as const,
        code: 'IMPLEMENTED_INTERFACE_ADDED',
        coordinate: `${type.name}.${name}`,
        message: `${type.name} is new, and fields that return ${name} may return it.`,
      }));
  });
}
