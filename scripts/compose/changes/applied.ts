import type { Documents } from '@federated-media/stack/composition/problem';
import { appliedDirectivesOf, type Applied } from './applied-directives.ts';
import type { Change } from './change.ts';

type Effects = Readonly<Record<'added' | 'changed' | 'removed', Change['effect']>>;

/** Directives that only control which subgraph is used. Composition checks whether the graph still composes. */
const forComposition: Effects = { added: 'safe', changed: 'safe', removed: 'safe' };

const effectsByName: Readonly<Record<string, Effects>> = {
  oneOf: { added: 'breaking', changed: 'breaking', removed: 'safe' },
  composeDirective: forComposition,
  extends: forComposition,
  external: forComposition,
  inaccessible: forComposition,
  interfaceObject: forComposition,
  link: forComposition,
  provides: forComposition,
  requires: forComposition,
  shareable: forComposition,
};

/** Directives with unknown effects: on caching, on the subgraph that is used, on the visibility of a field. */
const ofOthers: Effects = { added: 'dangerous', changed: 'dangerous', removed: 'dangerous' };

/** Reported by their effect: see `accessChanges`, and the API schema. */
const reportedElsewhere = new Set(['access', 'deprecated', 'specifiedBy']);

/** Finds directives that were added, changed or removed on elements of a subgraph. */
export function appliedDirectiveChanges(before: Documents, after: Documents): Change[] {
  const [old, current] = [appliedOfGraph(before), appliedOfGraph(after)];
  const [known, kept] = [merged(old), merged(current)];
  return [...new Set([...old.keys(), ...current.keys()])].flatMap((subgraph) => {
    const [was, is] = [old.get(subgraph), current.get(subgraph)];
    const coordinates = new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])]);
    return [...coordinates]
      .filter((coordinate) => known.has(coordinate) && kept.has(coordinate))
      .flatMap((coordinate) => {
        const directives = { was: was?.get(coordinate), is: is?.get(coordinate) };
        return changesOf(subgraph, directives, known.get(coordinate)).map((change) => ({
          ...change,
          coordinate,
          subgraph,
        }));
      });
  });
}

interface Versions {
  /** Undefined when the subgraph does not have the element. */
  readonly was: Applied | undefined;
  readonly is: Applied | undefined;
}

/** `known` are the directives on the element in any subgraph. */
function changesOf(subgraph: string, { was, is }: Versions, known: Applied | undefined) {
  const names = new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])]);
  return [...names].flatMap((name) => {
    const [old, current] = [was?.get(name) ?? [], is?.get(name) ?? []];
    if (reportedElsewhere.has(name) || old.join(' ') === current.join(' ')) return [];
    const kind = kindOf(old, current);
    const isKnown = !was && current.every((one) => known?.get(name)?.includes(one));
    const isSafe = isKnown || (name === 'key' && answersAllOf(old, current));
    const effect = isSafe ? 'safe' : (effectsByName[name] ?? ofOthers)[kind];
    const code = `APPLIED_DIRECTIVE_${kind.toUpperCase()}`;
    const message = `In ${subgraph}, @${name} changed from ${listed(old)} to ${listed(current)}.`;
    return [{ effect, code, message }];
  });
}

function kindOf(old: readonly string[], current: readonly string[]): keyof Effects {
  if (old.length === 0) return 'added';
  return current.length === 0 ? 'removed' : 'changed';
}

/** Gateways use the keys of their current supergraph until they have the new one. */
const answersAllOf = (old: readonly string[], current: readonly string[]) =>
  old.every((key) => key.includes('resolvable: false') || current.includes(key));

const listed = (directives: readonly string[]) => directives.join(' ') || 'not set';

const appliedOfGraph = (documents: Documents) =>
  new Map([...documents].map(([name, document]) => [name, appliedDirectivesOf(document)]));

/** The directives on each element in any subgraph. */
function merged(graph: ReadonlyMap<string, ReadonlyMap<string, Applied>>): Map<string, Applied> {
  const all = new Map<string, Map<string, readonly string[]>>();
  for (const ofSubgraph of graph.values()) {
    for (const [coordinate, applied] of ofSubgraph) {
      const found = all.get(coordinate) ?? new Map<string, readonly string[]>();
      all.set(coordinate, found);
      for (const [name, ones] of applied) found.set(name, [...(found.get(name) ?? []), ...ones]);
    }
  }
  return all;
}
