import { descriptionOf } from '@federated-media/stack/composition/definitions';
import { Kind, print, type ASTNode } from 'graphql';
import type { Change, Definitions, Difference, Node } from './change.ts';
import { parentOf } from './coordinates.ts';
import { effectOfDefault } from './defaults.ts';
import { deprecationDifferences } from './deprecation.ts';
import { directiveArgumentDifference, directiveDifferences } from './directives.ts';

interface Compared {
  readonly before: Definitions;
  readonly after: Definitions;
  /** As `2026-11-24`. */
  readonly today: string;
}

/** Changes that graphql-js does not report: defaults, specifications, deprecations, and safe changes. */
export function unnoticedChanges({ before, after, today }: Compared): Change[] {
  return [...after].flatMap(([coordinate, node]) => {
    const old = before.get(coordinate);
    if (old) {
      return [
        ...differences(old, node),
        ...typeDifferences(coordinate, old, node),
        ...directiveDifferences(old, node),
        ...deprecationDifferences(old, node, today),
      ].map((found) => ({ ...found, coordinate }));
    }
    const parent = parentOf(coordinate);
    if (parent !== null && !before.has(parent)) return []; // reported with its parent
    const message = `${coordinate} was added.`;
    return [{ effect: 'safe' as const, code: 'ADDED', coordinate, message }];
  });
}

function differences(old: Node, node: Node): Difference[] {
  const found: Difference[] = [];
  const compare = (part: (of: Node) => string, difference: Omit<Difference, 'message'>) => {
    const [was, is] = [part(old), part(node)];
    const message = `It changed from ${was || 'not set'} to ${is || 'not set'}.`;
    if (was !== is) found.push({ ...difference, message });
  };
  compare(defaultOf, { effect: effectOfDefault(old, node), code: 'DEFAULT_VALUE_CHANGE' });
  compare((of) => directiveOf(of, 'specifiedBy'), {
    effect: 'dangerous',
    code: 'SPECIFICATION_CHANGE',
  });
  if (descriptionOf(old) !== descriptionOf(node)) {
    const message = 'The description changed.';
    found.push({ effect: 'safe', code: 'DESCRIPTION_CHANGE', message });
  }
  return found;
}

/** graphql-js reports breaking changes of the types of fields and arguments. */
function typeDifferences(coordinate: string, old: Node, node: Node): Difference[] {
  if (!('type' in old) || !('type' in node)) return [];
  const [was, is] = [print(old.type), print(node.type)];
  if (was === is) return [];
  if (coordinate.startsWith('@')) return [directiveArgumentDifference(old.type, node.type)];
  return [
    { effect: 'safe', code: 'TYPE_CHANGE', message: `The type changed from ${was} to ${is}.` },
  ];
}

const printed = (node: ASTNode | undefined) => (node ? print(node) : '');

const defaultOf = (node: Node) =>
  node.kind === Kind.INPUT_VALUE_DEFINITION ? printed(node.defaultValue) : '';

const directiveOf = (node: Node, name: string) =>
  printed(node.directives?.find((directive) => directive.name.value === name));
