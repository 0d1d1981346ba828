import { Kind, parse, visit, type ASTNode, type DocumentNode, type StringValueNode } from 'graphql';

import { outcomeOf, type Check } from './check.ts';
import { sourceFiles, type SourceFile } from './source-files.ts';

/** Everybody knows what these are. */
const rootTypes = new Set(['Query', 'Mutation']);

/** Names everything in a schema that its readers would have to guess the meaning of. */
export function undescribed(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    undescribedIn(parse(text)).map((name) => `${path}: ${name} has no description.`),
  );
}

function undescribedIn(schema: DocumentNode): string[] {
  const missing: string[] = [];
  const names: string[] = [];

  visit(schema, {
    enter(node) {
      const name = nameOf(node);
      if (name === undefined) return;
      names.push(name);
      if ('description' in node && isBlank(node) && !rootTypes.has(names.join('.'))) {
        missing.push(names.join('.'));
      }
    },
    leave(node) {
      if (nameOf(node) !== undefined) names.pop();
    },
  });
  return missing;
}

/** The name of a definition that can be described, or of an extension of one. */
function nameOf(node: ASTNode): string | undefined {
  switch (node.kind) {
    case Kind.SCALAR_TYPE_DEFINITION:
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION:
    case Kind.UNION_TYPE_DEFINITION:
    case Kind.ENUM_TYPE_DEFINITION:
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
    case Kind.FIELD_DEFINITION:
    case Kind.INPUT_VALUE_DEFINITION:
    case Kind.ENUM_VALUE_DEFINITION:
    case Kind.DIRECTIVE_DEFINITION:
    case Kind.OBJECT_TYPE_EXTENSION:
    case Kind.INTERFACE_TYPE_EXTENSION:
    case Kind.ENUM_TYPE_EXTENSION:
    case Kind.INPUT_OBJECT_TYPE_EXTENSION:
      return node.kind === Kind.DIRECTIVE_DEFINITION ? `@${node.name.value}` : node.name.value;
    default:
      return undefined;
  }
}

function isBlank({ description }: { readonly description?: StringValueNode }): boolean {
  return description === undefined || description.value.trim() === '';
}

export const schemaDescriptions: Check = {
  name: 'every part of the schema described',
  async run() {
    const files = await sourceFiles(/^subgraphs\/[^/]+\/src\/.*\.graphql$/);
    if (files.length === 0) return { passed: false, report: 'Found no schema files.' };
    return outcomeOf(undescribed(files));
  },
};
