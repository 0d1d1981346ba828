import { definitionsOf } from '@federated-media/stack/composition/definitions';
import {
  Kind,
  print,
  visit,
  type ConstDirectiveNode,
  type DirectiveNode,
  type DocumentNode,
} from 'graphql';

/** Printed directives by name, sorted. */
export type Applied = ReadonlyMap<string, readonly string[]>;

/** The directives on each element of a subgraph, by coordinate; `schema` is the schema itself. */
export function appliedDirectivesOf(document: DocumentNode): Map<string, Applied> {
  const found = new Map<string, readonly ConstDirectiveNode[]>();
  const add = (coordinate: string, directives: readonly ConstDirectiveNode[] | undefined) =>
    found.set(coordinate, [...(found.get(coordinate) ?? []), ...(directives ?? [])]);
  for (const node of document.definitions) {
    if (node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION) {
      add('schema', node.directives);
    }
  }
  for (const { coordinate, node } of definitionsOf(document)) {
    add(coordinate, node.directives);
  }
  return new Map([...found].map(([coordinate, directives]) => [coordinate, byName(directives)]));
}

function byName(directives: readonly ConstDirectiveNode[]): Applied {
  const found = new Map<string, readonly string[]>();
  for (const directive of directives) {
    const name = directive.name.value.replace(/^federation__/, '');
    const written = print(inOrder({ ...directive, name: { kind: Kind.NAME, value: name } }));
    found.set(name, [...(found.get(name) ?? []), written].toSorted());
  }
  return found;
}

/** The order of arguments and of fields in objects has no meaning. */
const inOrder = (directive: DirectiveNode) =>
  visit(directive, {
    Directive: (node) => ({ ...node, arguments: node.arguments?.toSorted(byTheirNames) ?? [] }),
    ObjectValue: (node) => ({ ...node, fields: node.fields.toSorted(byTheirNames) }),
  });

interface Named {
  readonly name: { readonly value: string };
}

const byTheirNames = (one: Named, other: Named) => (one.name.value < other.name.value ? -1 : 1);
