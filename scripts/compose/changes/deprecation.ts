import { getDirectiveValues, GraphQLDeprecatedDirective } from 'graphql';
import { promisedDay } from '../promise.ts';
import type { Difference, Node } from './change.ts';

/** Null when it is not deprecated. */
export function deprecationReasonOf(node: Node): string | null {
  const reason = getDirectiveValues(GraphQLDeprecatedDirective, node)?.['reason'];
  return typeof reason === 'string' ? reason : null;
}

/**
 * A promised date must not become earlier, and the first one must give notice. Otherwise a deprecation could hide a
 * sudden removal.
 */
export function deprecationDifferences(old: Node, node: Node, today: string): Difference[] {
  const [was, is] = [deprecationReasonOf(old), deprecationReasonOf(node)];
  if (was === is) return [];
  const [promised, day] = [was, is].map((reason) => (reason === null ? null : promisedDay(reason)));
  if (promised && day && day < promised) {
    const message = `The promised date changed from ${promised} to ${day}, which is earlier.`;
    return [{ effect: 'breaking', code: 'DEPRECATION_DATE_EARLIER', message }];
  }
  if (!promised && day && day <= today) {
    const message = `The date ${day} gives clients no notice.`;
    return [{ effect: 'breaking', code: 'DEPRECATION_WITHOUT_NOTICE', message }];
  }
  const message = `The deprecation changed from ${stated(was)} to ${stated(is)}.`;
  return [{ effect: 'safe', code: 'DEPRECATION_CHANGE', message }];
}

const stated = (reason: string | null) => (reason === null ? 'none' : `"${reason}"`);
