import type { BreakingChangeType } from 'graphql';
import { promisedDay } from '../promise.ts';
import type { Change, Definitions } from './change.ts';
import { deprecationReasonOf } from './deprecation.ts';

/** What can be deprecated; a type can't. */
const removals: ReadonlySet<string> = new Set([
  'FIELD_REMOVED',
  'ARG_REMOVED',
  'DIRECTIVE_ARG_REMOVED',
  'VALUE_REMOVED_FROM_ENUM',
] satisfies (keyof typeof BreakingChangeType)[]);

/**
 * What was deprecated with a date may be removed from that day on. Clients have been informed, so it no longer counts
 * as breaking; recorded operations that still use it fail all the same.
 */
export function weighRemoval(
  change: Change,
  { before, today }: { before: Definitions; today: string },
): Change {
  const node = before.get(change.coordinate);
  if (!removals.has(change.code) || !node) return change;
  const reason = deprecationReasonOf(node);
  if (reason === null) return change;

  const day = promisedDay(reason);
  if (day === null) {
    return { ...change, message: `${change.message} Its deprecation gives no date for that.` };
  }
  if (day > today) {
    return {
      ...change,
      message: `${change.message} That is early: it was promised until ${day}.`,
    };
  }
  const message = `${change.message} Its deprecation said so: from ${day} on.`;
  return { ...change, effect: 'dangerous', message };
}
