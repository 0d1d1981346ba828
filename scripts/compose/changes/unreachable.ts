import type { GraphQLSchema } from 'graphql';
import type { Change } from './change.ts';
import { referencesOf, type Reference } from './references.ts';

/**
 * A type cannot be deprecated. Its removal is not a separate break when clients could reach it only through elements
 * that were deprecated, are due and are removed too.
 */
export function weighTypeRemovals(changes: readonly Change[], before: GraphQLSchema): Change[] {
  const removed = changes.filter(({ code }) => code === 'TYPE_REMOVED');
  if (removed.length === 0) return [...changes];
  const due = new Set(
    changes.flatMap(({ effect, coordinate }) => (effect === 'dangerous' ? coordinate : [])),
  );
  const references = referencesOf(before);
  const unreachable = withoutOtherWays(new Set(removed.map(({ coordinate }) => coordinate)), {
    references,
    due,
  });
  const ways = waysOfDue({ references, due }, unreachable);
  return changes.map((change) => {
    const members = change.code === 'TYPE_REMOVED' ? ways.get(change.coordinate) : undefined;
    if (!members) return change;
    const message = `${change.message} It was only reachable through removed elements that were due: ${[...members].join(', ')}.`;
    return { ...change, effect: 'dangerous', message };
  });
}

interface Ways {
  readonly references: readonly Reference[];
  /** Members that were removed after they were due. */
  readonly due: ReadonlySet<string>;
}

const isDue = ({ members }: Reference, due: ReadonlySet<string>) =>
  members.some((member) => due.has(member));

/** Those of `types` that are only reachable through due members, or through one another. */
function withoutOtherWays(types: ReadonlySet<string>, ways: Ways): ReadonlySet<string> {
  const others = ways.references.filter(
    (reference) =>
      !isDue(reference, ways.due) && (reference.owner === null || !types.has(reference.owner)),
  );
  const reached = new Set(others.map(({ to }) => to));
  const left = new Set([...types].filter((type) => !reached.has(type)));
  return left.size === types.size ? left : withoutOtherWays(left, ways);
}

/** The due members that led to each of `types`, directly or through others of them. */
function waysOfDue({ references, due }: Ways, types: ReadonlySet<string>) {
  const ways = new Map<string, Set<string>>();
  const lead = (to: string, member: string) => {
    const members = ways.get(to) ?? new Set();
    if (!types.has(to) || members.has(member)) return;
    ways.set(to, members.add(member));
    for (const next of references) if (next.owner === to) lead(next.to, member);
  };
  for (const { to, members } of references) {
    const member = members.find((member) => due.has(member));
    if (member !== undefined) lead(to, member);
  }
  return ways;
}
