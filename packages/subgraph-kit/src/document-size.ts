import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/** What an operation or fragment comes to with every fragment written out wherever it is used. */
export interface Size {
  fields: number;
  rootFields: number;
  aliases: number;
  depth: number;
  /** Fields of `__schema` and `__type`, those of lists once for each entry they are thought to have. */
  introspection: number;
}

/**
 * Twice what the usual introspection query comes to. graphql-js bounds how deep introspection may go; a
 * list of fields for every field of every type is within that and would still be answered for seconds.
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
/** A fragment within itself. */
const ENDLESS: Size = { ...NOTHING, depth: Number.POSITIVE_INFINITY };

/**
 * The size of every operation, and of the fragments that none of them uses: validation looks at those, too.
 * Each fragment is measured once, so the time needed grows with the length of the document and no faster.
 */
export function* measureDefinitions({ definitions }: DocumentNode): Generator<Size> {
  const operations = definitions.filter((it) => it.kind === Kind.OPERATION_DEFINITION);
  const fragments = definitions.filter((it) => it.kind === Kind.FRAGMENT_DEFINITION);
  const { measure, isMeasured } = createMeasure(
    new Map(fragments.map((it) => [it.name.value, it])),
  );
  for (const { selectionSet } of operations) yield measure(selectionSet);
  for (const { selectionSet } of fragments) {
    if (!isMeasured(selectionSet)) yield { ...measure(selectionSet), rootFields: 0 };
  }
}

function createMeasure(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
  /** By selection set, within introspection and outside of it. */
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
