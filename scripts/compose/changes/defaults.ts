import { Kind } from 'graphql';
import type { Node } from './change.ts';

/**
 * Without the default, requests that omit a non-null argument are invalid, and so are variables of a nullable type in
 * its position. Any other change of a default may change responses.
 */
export function effectOfDefault(old: Node, node: Node): 'breaking' | 'dangerous' {
  if (old.kind !== Kind.INPUT_VALUE_DEFINITION || node.kind !== Kind.INPUT_VALUE_DEFINITION) {
    return 'dangerous';
  }
  const isRemoved = old.defaultValue !== undefined && node.defaultValue === undefined;
  return isRemoved && node.type.kind === Kind.NON_NULL_TYPE ? 'breaking' : 'dangerous';
}
