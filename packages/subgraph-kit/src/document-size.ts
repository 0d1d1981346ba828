import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/** The size of an operation or fragment after all fragments are expanded. */
export interface Size {
  fields: number;
  rootFields: number;
  aliases: number;
  depth: number;
  /** Fields of `__schema` and `__type`; those in lists count once for each expected entry. */
  introspection: number;
}

/**
 * Twice the size of the standard introspection query. graphql-js limits the depth of introspection; a list of fields
 * for every field of every type is within that limit and would still take seconds.
 */
export const MAX_INTROSPECTION = 300_000;

const LIST_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['types', 100],
  ['directives', 10],
  ['fields', 5],
  ['inputFields', 5],
  ['args', 5],
  ['enumValues', 5],
  ['interfaces', 5],
  ['possibleTypes', 5],
]);

const INTROSPECTION: ReadonlySet<string> = new Set(['__schema', '__type']);

const NOTHING: Size = { fields: 0, rootFields: 0, aliases: 0, depth: 0, introspection: 0 };
/** A fragment that includes itself. */
const ENDLESS: Size = { ...NOTHING, depth: Number.POSITIVE_INFINITY };

/** The size of one definition; of an operation with its name, which may be empty. */
export type DefinitionSize = Size & { readonly operation?: string };

/**
 * Measures every operation and the fragments that no operation uses, because validation visits those too. Each
 * fragment is measured once, so that the time is proportional to the length of the document.
 */
export function* measureDefinitions({ definitions }: DocumentNode): Generator<DefinitionSize> {
  const operations = definitions.filter((it) => it.kind === Kind.OPERATION_DEFINITION);
  const fragments = definitions.filter((it) => it.kind === Kind.FRAGMENT_DEFINITION);
  const { measure, isMeasured } = createMeasure(
    new Map(fragments.map((it) => [it.name.value, it])),
  );
  for (const { name, selectionSet } of operations) {
    yield { ...measure(selectionSet), operation: name?.value ?? '' };
  }
  for (const { selectionSet } of fragments) {
    if (!isMeasured(selectionSet)) yield { ...measure(selectionSet), rootFields: 0 };
  }
}

function createMeasure(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
  /** By selection set, inside and outside of introspection. */
  const measured = {
    inside: new Map<SelectionSetNode, Size>(),
    outside: new Map<SelectionSetNode, Size>(),
  };

  function measure(selectionSet: SelectionSetNode | undefined, introspecting: boolean): Size {
    if (!selectionSet) return NOTHING;
    const known = introspecting ? measured.inside : measured.outside;
    const size = known.get(selectionSet);
    if (size) return size;

    known.set(selectionSet, ENDLESS);
    const total = { ...NOTHING };
    for (const selection of selectionSet.selections) {
      add(
        total,
        selection.kind === Kind.FIELD
          ? measureField(selection, introspecting)
          : measure(
              selection.kind === Kind.INLINE_FRAGMENT
                ? selection.selectionSet
                : fragments.get(selection.name.value)?.selectionSet,
              introspecting,
            ),
      );
    }
    known.set(selectionSet, total);
    return total;
  }

  function measureField({ name, alias, selectionSet }: FieldNode, introspecting: boolean): Size {
    const inside = introspecting || INTROSPECTION.has(name.value);
    const below = measure(selectionSet, inside);
    return {
      fields: inside ? below.fields : below.fields + 1,
      rootFields: 1,
      aliases: below.aliases + (alias ? 1 : 0),
      depth: below.depth + 1,
      introspection: inside
        ? 1 + below.introspection * (LIST_LENGTHS.get(name.value) ?? 1)
        : below.introspection,
    };
  }

  return {
    measure: (selectionSet: SelectionSetNode) => measure(selectionSet, false),
    isMeasured: (selectionSet: SelectionSetNode) =>
      measured.inside.has(selectionSet) || measured.outside.has(selectionSet),
  };
}

function add(total: Size, more: Size) {
  total.fields += more.fields;
  total.rootFields += more.rootFields;
  total.aliases += more.aliases;
  total.depth = Math.max(total.depth, more.depth);
  total.introspection += more.introspection;
}
