import { Kind } from 'graphql';
import type { Node } from './change.ts';

/**
 * Requests that leave out what is not null are valid only while it has a default, and so are variables of a nullable
 * type in its position. Any other change of a default may change what is answered.
 */
export function effectOfDefault(old: Node, node: Node): 'breaking' | 'dangerous' {
  if (old.kind !== Kind.INPUT_VALUE_DEFINITION || node.kind !== Kind.INPUT_VALUE_DEFINITION) {
    return 'dangerous';
  }
  const isRemoved = old.defaultValue !== undefined && node.defaultValue === undefined;
  return isRemoved && node.type.kind === Kind.NON_NULL_TYPE ? 'breaking' : 'dangerous';
}
