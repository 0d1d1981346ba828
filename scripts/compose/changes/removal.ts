import type { BreakingChangeType } from 'graphql';
import { promisedDay } from '../promise.ts';
import type { Change, Definitions } from './change.ts';
import { deprecationReasonOf } from './deprecation.ts';

/** Elements that can be deprecated; a type cannot. */
const removals: ReadonlySet<string> = new Set([
  'FIELD_REMOVED',
  'ARG_REMOVED',
  'DIRECTIVE_ARG_REMOVED',
  'VALUE_REMOVED_FROM_ENUM',
] satisfies (keyof typeof BreakingChangeType)[]);

/**
 * An element that was deprecated with a date may be removed from that day on. Clients were notified, so that it is
 * not breaking; recorded operations that still use it fail nevertheless.
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
    return { ...change, message: `${change.message} Its deprecation has no date.` };
  }
  if (day > today) {
    return {
      ...change,
      message: `${change.message} It was promised until ${day}.`,
    };
  }
  const message = `${change.message} Its deprecation announced this from ${day} on.`;
  return { ...change, effect: 'dangerous', message };
}
