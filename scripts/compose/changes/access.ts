import type { Documents } from '@federated-media/stack/composition/problem';
import type { Change } from './change.ts';
import { scopesByField } from './scopes.ts';

/**
 * `@access(scope:)` is a directive of the subgraphs, which the API schema does not contain, although tokens of
 * clients depend on it. Compares the scopes that callers need for each field, wherever the directives are written.
 */
export function accessChanges(before: Documents, after: Documents): Change[] {
  const [old, current] = [scopesOfGraph(before), scopesOfGraph(after)];
  return [...current].flatMap(([coordinate, is]) => {
    const was = old.get(coordinate);
    if (!was) return [];
    return [...new Set([...was.keys(), ...is.keys()])].flatMap((subgraph) => {
      const difference = differenceOf(was, is, subgraph);
      return difference ? [{ ...difference, coordinate, subgraph }] : [];
    });
  });
}

type Scopes = ReadonlySet<string>;
type ScopesBySubgraph = ReadonlyMap<string, Scopes>;

/**
 * The gateway selects which of several subgraphs resolves a field. A subgraph that has the field only before or only
 * after is compared with the least and the most that the others require.
 */
function differenceOf(was: ScopesBySubgraph, is: ScopesBySubgraph, subgraph: string) {
  const [old, current] = [boundsOf(was, subgraph), boundsOf(is, subgraph)];
  const isTightened = !current.most.isSubsetOf(old.least);
  if (!isTightened && old.most.isSubsetOf(current.least)) return null;
  const [needed, need] = isTightened ? [old.least, current.most] : [old.most, current.least];
  const message = `In ${subgraph}, callers needed ${needed.size > 0 ? `the scope ${listed(needed)}` : 'no scope'} and now need ${listed(need)}.`;
  return isTightened
    ? { effect: 'breaking' as const, code: 'ACCESS_TIGHTENED', message }
    : { effect: 'dangerous' as const, code: 'ACCESS_LOOSENED', message };
}

function boundsOf(scopes: ScopesBySubgraph, subgraph: string): { least: Scopes; most: Scopes } {
  const own = scopes.get(subgraph);
  const all = own ? [own] : [...scopes.values()];
  return {
    least: all.reduce((least, one) => least.intersection(one)),
    most: all.reduce((most, one) => most.union(one)),
  };
}

const listed = (scopes: Scopes) => [...scopes].toSorted().join(', ') || 'none';

/** By coordinate of the field, then by subgraph. */
function scopesOfGraph(documents: Documents): Map<string, ScopesBySubgraph> {
  const found = new Map<string, Map<string, Scopes>>();
  for (const [subgraph, document] of documents) {
    for (const [coordinate, scopes] of scopesByField(document)) {
      const ofField = found.get(coordinate) ?? new Map<string, Scopes>();
      found.set(coordinate, ofField.set(subgraph, scopes));
    }
  }
  return found;
}
