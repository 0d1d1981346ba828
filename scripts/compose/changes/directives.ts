import { Kind, print, type DirectiveDefinitionNode, type TypeNode } from 'graphql';
import type { Difference, Node } from './change.ts';

/** Changes of a directive definition that graphql-js does not report. */
export function directiveDifferences(old: Node, node: Node): Difference[] {
  if (old.kind !== Kind.DIRECTIVE_DEFINITION || node.kind !== Kind.DIRECTIVE_DEFINITION) return [];
  const added = locationsOf(node).filter((location) => !locationsOf(old).includes(location));
  const found: Difference[] = [];
  if (added.length > 0) {
    const message = `It can also be used on ${added.join(', ')}.`;
    found.push({ effect: 'safe', code: 'DIRECTIVE_LOCATION_ADDED', message });
  }
  if (node.repeatable && !old.repeatable) {
    const message = 'It can be repeated.';
    found.push({ effect: 'safe', code: 'DIRECTIVE_REPEATABLE_ADDED', message });
  }
  return found;
}

/** graphql-js does not compare the types of a directive's arguments. */
export function directiveArgumentDifference(old: TypeNode, type: TypeNode): Difference {
  const message = `The type changed from ${print(old)} to ${print(type)}.`;
  return takesAllOf(old, type)
    ? { effect: 'safe', code: 'TYPE_CHANGE', message }
    : { effect: 'breaking', code: 'DIRECTIVE_ARG_CHANGED_KIND', message };
}

/** Whether all accepted values, also in variables, are still accepted. */
function takesAllOf(old: TypeNode, type: TypeNode): boolean {
  if (type.kind === Kind.NON_NULL_TYPE) {
    return old.kind === Kind.NON_NULL_TYPE && takesAllOf(old.type, type.type);
  }
  if (old.kind === Kind.NON_NULL_TYPE) return takesAllOf(old.type, type);
  if (type.kind === Kind.LIST_TYPE) {
    return old.kind === Kind.LIST_TYPE && takesAllOf(old.type, type.type);
  }
  return old.kind === Kind.NAMED_TYPE && old.name.value === type.name.value;
}

const locationsOf = ({ locations }: DirectiveDefinitionNode) => locations.map(({ value }) => value);
