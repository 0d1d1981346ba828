import { getDirectiveValues, GraphQLDeprecatedDirective, type BreakingChangeType } from 'graphql';
import type { Change, Definitions } from './change.ts';

/** What can be deprecated; a type can't. */
const removals: ReadonlySet<string> = new Set([
  'FIELD_REMOVED',
  'ARG_REMOVED',
  'VALUE_REMOVED_FROM_ENUM',
] satisfies (keyof typeof BreakingChangeType)[]);

/**
 * What was deprecated with a date, `Use name. Gone after 2027-03-01.`, may be removed from then on. Clients
 * have been told, so it no longer counts as breaking; recorded operations that still use it fail all the same.
 */
export function weighRemoval(
  change: Change,
  { before, today }: { before: Definitions; today: string },
): Change {
  const node = before.get(change.coordinate);
  if (!removals.has(change.code) || !node) return change;
  const reason = getDirectiveValues(GraphQLDeprecatedDirective, node)?.['reason'];
  if (typeof reason !== 'string') return change;

  const date = /\b\d{4}-\d{2}-\d{2}\b/.exec(reason)?.[0];
  if (date === undefined) {
    return { ...change, message: `${change.message} Its deprecation gives no date for that.` };
  }
  if (date > today) {
    return {
      ...change,
      message: `${change.message} That is early: it was promised until ${date}.`,
    };
  }
  const message = `${change.message} Its deprecation said so: from ${date} on.`;
  return { ...change, effect: 'dangerous', message };
}
