import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type InlineFragmentNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  parse,
  print,
  visit,
} from 'graphql';
import type { Outcome } from './open-world.ts';
import type { Operation } from './world.ts';

const MAX_KINDS = 10;
const MAX_TRIES = 300;

interface Tools {
  run: (operation: Operation) => Promise<Outcome>;
  isKnown: (line: string, outcome: Outcome) => boolean;
}

/** Returns one operation for each kind of unknown difference, shortened while the difference remains. */
export async function shortestFailures(
  outcomes: readonly Outcome[],
  { run, isKnown }: Tools,
): Promise<readonly Outcome[]> {
  const byLine = new Map<string, Outcome>();
  for (const outcome of outcomes.toSorted((one, other) => one.query.length - other.query.length)) {
    for (const line of outcome.differences) {
      if (!isKnown(line, outcome) && !byLine.has(line)) byLine.set(line, outcome);
    }
  }
  const shortened: Outcome[] = [];
  for (const [line, outcome] of byLine) {
    if (shortened.length === MAX_KINDS) break;
    if (shortened.some(({ differences }) => differences.includes(line))) continue;
    shortened.push(await shorten(outcome, { line, run }));
  }
  return shortened;
}

async function shorten(
  outcome: Outcome,
  { line, run }: Pick<Tools, 'run'> & { line: string },
): Promise<Outcome> {
  let shortest = outcome;
  let tries = 0;
  for (let position = 0; tries < MAX_TRIES; tries += 1) {
    const query = without(parse(shortest.query), position);
    if (query === undefined) break;
    const candidate = await run({ ...shortest, query }).catch(() => undefined);
    if (candidate?.differences.includes(line)) shortest = candidate;
    else position += 1;
  }
  return shortest;
}

/** `document` without its selection, directive or fragment at `position`, counted from the front. */
function without(document: DocumentNode, position: number): string | undefined {
  let at = -1;
  const isIt = () => {
    at += 1;
    return at === position;
  };
  const rest = visit(document, {
    SelectionSet(set): SelectionSetNode | undefined {
      const kept = set.selections.flatMap((selection): readonly SelectionNode[] => {
        if (isIt()) return [];
        // Replaces a fragment by its selections.
        if (selection.kind === Kind.INLINE_FRAGMENT && isIt())
          return selection.selectionSet.selections;
        if (selection.kind === Kind.FRAGMENT_SPREAD && isIt())
          return [inlined(selection, document)];
        return [selection];
      });
      return kept.length > 0 && at >= position ? { ...set, selections: kept } : undefined;
    },
    Directive: () => (isIt() ? null : undefined),
  });
  return at >= position ? print(withoutUnused(rest)) : undefined;
}

function inlined(spread: FragmentSpreadNode, { definitions }: DocumentNode): InlineFragmentNode {
  const fragment = definitions.find(
    (definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === spread.name.value,
  ) as FragmentDefinitionNode;
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: fragment.typeCondition,
    selectionSet: fragment.selectionSet,
    directives: spread.directives ?? [],
  };
}

function withoutUnused(document: DocumentNode): DocumentNode {
  const used = new Set<string>();
  const text = print(document);
  for (const [, name] of text.matchAll(/\.\.\.(\w+)/g)) used.add(name!);
  const definitions = document.definitions.filter(
    (definition) => definition.kind !== Kind.FRAGMENT_DEFINITION || used.has(definition.name.value),
  );
  if (definitions.length < document.definitions.length)
    return withoutUnused({ ...document, definitions });
  return visit(document, {
    VariableDefinition: ({ variable }) =>
      text.split(new RegExp(`\\$${variable.name.value}\\b`)).length > 2 ? undefined : null,
  });
}
