import {
  type ConstDirectiveNode,
  type FieldNode,
  type GraphQLSchema,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type SelectionSetNode,
  buildASTSchema,
  parse,
  print,
  visit,
} from 'graphql';

/** The facts about a supergraph that the executor needs in addition to the schema of clients. */
export interface SupergraphFacts {
  /** The full schema, including what clients cannot see. */
  readonly schema: GraphQLSchema;
  /**
   * The fields that `@key` and `@requires` select, each with its argument lists. A plan may fetch them for any object
   * of their type, in addition to the selection of the client.
   */
  readonly planned: ReadonlyMap<string, ReadonlySet<string>>;
  /** The fields of the same object that `Type.field` requires, for each subgraph that resolves it. */
  readonly requiredBy: ReadonlyMap<string, readonly Requirement[]>;
  /** By subgraph, then by type: the top-level fields of each key by which the subgraph can resolve the type. */
  readonly keys: ReadonlyMap<string, ReadonlyMap<string, readonly ReadonlySet<string>[]>>;
  /** By subgraph, the types that only it resolves, with the names of their key fields. */
  readonly ownedAlone: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;
}

interface Requirement {
  readonly subgraph: string;
  readonly fieldSet: SelectionSetNode;
}

type CompositeDefinition = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/** Reads the join directives of `supergraphSdl` (the join specification, v0.1 to v0.5). */
export function readSupergraphFacts(supergraphSdl: string): SupergraphFacts {
  const document = parse(supergraphSdl, { noLocation: true });
  const graphNames = new Map<string, string>();
  const composites: CompositeDefinition[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.ENUM_TYPE_DEFINITION) {
      for (const { name, directives = [] } of definition.values ?? []) {
        const graph = directives.find((directive) => directive.name.value === 'join__graph');
        if (graph) graphNames.set(name.value, textOf(graph, 'name') ?? '');
      }
    }
    if (definition.kind === Kind.OBJECT_TYPE_DEFINITION) composites.push(definition);
    if (definition.kind === Kind.INTERFACE_TYPE_DEFINITION) composites.push(definition);
  }
  const keys = readKeys(composites, graphNames);
  return {
    schema: buildASTSchema(document, { assumeValidSDL: true }),
    ...readFieldSets(composites, graphNames),
    keys,
    ownedAlone: readOwners(composites, keys),
  };
}

function readFieldSets(
  composites: readonly CompositeDefinition[],
  graphNames: ReadonlyMap<string, string>,
) {
  const planned = new Map<string, Set<string>>();
  const requiredBy = new Map<string, Requirement[]>();
  const note = (fieldSet: SelectionSetNode) =>
    visit(fieldSet, {
      Field(field) {
        const name = field.name.value;
        planned.set(name, (planned.get(name) ?? new Set()).add(argumentsOf(field)));
      },
    });
  for (const { name, directives, fields } of composites) {
    for (const join of joinsOf(directives, 'join__type')) {
      const key = textOf(join, 'key');
      if (key !== undefined) note(parseFieldSet(key));
    }
    for (const field of fields ?? []) {
      const required = joinsOf(field.directives, 'join__field').flatMap((join) => {
        const text = textOf(join, 'requires');
        const subgraph = graphNames.get(textOf(join, 'graph') ?? '') ?? '';
        return text === undefined ? [] : [{ subgraph, fieldSet: parseFieldSet(text) }];
      });
      for (const { fieldSet } of required) note(fieldSet);
      if (required.length > 0) requiredBy.set(`${name.value}.${field.name.value}`, required);
    }
  }
  return { planned, requiredBy };
}

type Keys = Map<string, Map<string, ReadonlySet<string>[]>>;

function readKeys(
  composites: readonly CompositeDefinition[],
  graphNames: ReadonlyMap<string, string>,
): Keys {
  const keys: Keys = new Map();
  for (const { name, directives } of composites) {
    for (const join of joinsOf(directives, 'join__type')) {
      const key = textOf(join, 'key');
      if (key === undefined || isReference(join)) continue;
      const subgraph = graphNames.get(textOf(join, 'graph') ?? '') ?? '';
      const types = keys.get(subgraph) ?? new Map<string, ReadonlySet<string>[]>();
      types.set(name.value, [...(types.get(name.value) ?? []), topFieldsOf(key)]);
      keys.set(subgraph, types);
    }
  }
  return keys;
}

/** Types that only one subgraph resolves and others refer to (`@key(…, resolvable: false)`). */
function readOwners(
  composites: readonly CompositeDefinition[],
  keys: Keys,
): SupergraphFacts['ownedAlone'] {
  const ownedAlone = new Map<string, Map<string, ReadonlySet<string>>>();
  for (const { kind, name, directives } of composites) {
    const joins = joinsOf(directives, 'join__type');
    if (kind !== Kind.OBJECT_TYPE_DEFINITION || !joins.some(isReference)) continue;
    const [owner, ...others] = [...keys].filter(([, types]) => types.has(name.value));
    if (!owner || others.length > 0) continue;
    const keyFields = joins.flatMap((join) => [...topFieldsOf(textOf(join, 'key') ?? '')]);
    const [subgraph] = owner;
    const owned = ownedAlone.get(subgraph) ?? new Map<string, ReadonlySet<string>>();
    ownedAlone.set(subgraph, owned.set(name.value, new Set(keyFields)));
  }
  return ownedAlone;
}

const topFieldsOf = (fieldSet: string): ReadonlySet<string> =>
  new Set(
    fieldSet === ''
      ? []
      : parseFieldSet(fieldSet).selections.flatMap((it) =>
          it.kind === Kind.FIELD ? it.name.value : [],
        ),
  );

/** The arguments of a field as text, sorted by name; empty without arguments. */
export const argumentsOf = ({ arguments: given = [] }: FieldNode): string =>
  given
    .map((argument) => print(argument))
    .toSorted()
    .join();

function parseFieldSet(text: string): SelectionSetNode {
  const [definition] = parse(`{ ${text} }`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`Invalid field set: ${text}`);
  return definition.selectionSet;
}

const joinsOf = (directives: readonly ConstDirectiveNode[] = [], name: string) =>
  directives.filter((directive) => directive.name.value === name);

const argumentOf = (directive: ConstDirectiveNode, name: string) =>
  directive.arguments?.find((argument) => argument.name.value === name)?.value;

function textOf(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = argumentOf(directive, name);
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : undefined;
}

function isReference(directive: ConstDirectiveNode): boolean {
  const value = argumentOf(directive, 'resolvable');
  return value?.kind === Kind.BOOLEAN && !value.value;
}
