import { OperationTypeNode, type GraphQLSchema } from 'graphql';
import type { Change } from './change.ts';

/** Finds types that exist before and after the change, but are a root type only before or only after. */
export function rootChanges(before: GraphQLSchema, after: GraphQLSchema): Change[] {
  return Object.values(OperationTypeNode).flatMap((operation): Change[] => {
    const old = before.getRootType(operation)?.name;
    const root = after.getRootType(operation)?.name;
    if (old === root) return [];
    if (old === undefined) {
      if (root === undefined || !before.getType(root)) return []; // reported as an added type
      const message = `${root} is now the root type of every ${operation}.`;
      return [{ effect: 'safe', code: 'ROOT_TYPE_ADDED', coordinate: root, message }];
    }
    if (!after.getType(old)) return []; // reported as a removed type
    const code = root === undefined ? 'ROOT_TYPE_REMOVED' : 'ROOT_TYPE_CHANGED';
    const message = `The root type of every ${operation} changed from ${old} to ${root ?? 'none'}.`;
    return [{ effect: 'breaking', code, coordinate: old, message }];
  });
}
