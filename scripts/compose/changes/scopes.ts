import { Kind, type DocumentNode, type FieldDefinitionNode } from 'graphql';

interface Type {
  readonly isObject: boolean;
  readonly interfaces: Set<string>;
  readonly fields: Map<string, readonly string[]>;
}

/**
 * The scopes that callers need for each field of an object type, as `guardFields` of the subgraph kit enforces them:
 * those of the field and of the same field of every interface of the type.
 */
export function scopesByField(document: DocumentNode): Map<string, ReadonlySet<string>> {
  const types = typesOf(document);
  const found = new Map<string, ReadonlySet<string>>();
  for (const [type, { isObject, interfaces, fields }] of types) {
    if (!isObject) continue;
    for (const [field, own] of fields) {
      const inherited = [...interfaces].flatMap((name) => types.get(name)?.fields.get(field) ?? []);
      found.set(`${type}.${field}`, new Set([...own, ...inherited]));
    }
  }
  return found;
}

/** Merges definitions and extensions. */
function typesOf(document: DocumentNode): Map<string, Type> {
  const types = new Map<string, Type>();
  for (const node of document.definitions) {
    if (
      node.kind !== Kind.OBJECT_TYPE_DEFINITION &&
      node.kind !== Kind.OBJECT_TYPE_EXTENSION &&
      node.kind !== Kind.INTERFACE_TYPE_DEFINITION &&
      node.kind !== Kind.INTERFACE_TYPE_EXTENSION
    ) {
      continue;
    }
    const isObject =
      node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION;
    const type = types.get(node.name.value) ?? {
      isObject,
      interfaces: new Set<string>(),
      fields: new Map<string, readonly string[]>(),
    };
    types.set(node.name.value, type);
    for (const { name } of node.interfaces ?? []) type.interfaces.add(name.value);
    for (const field of node.fields ?? []) type.fields.set(field.name.value, scopesOf(field));
  }
  return types;
}

/** At most one: `guardFields` reads the first, and the subgraph does not start if its scope cannot be read. */
function scopesOf({ directives }: FieldDefinitionNode): string[] {
  const access = directives?.find(({ name }) => name.value === 'access');
  const scope = access?.arguments?.find(({ name }) => name.value === 'scope')?.value;
  return scope?.kind === Kind.STRING ? [scope.value] : [];
}
