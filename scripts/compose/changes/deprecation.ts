import { getDirectiveValues, GraphQLDeprecatedDirective } from 'graphql';
import { promisedDay } from '../promise.ts';
import type { Difference, Node } from './change.ts';

/** Null for what is not deprecated. */
export function deprecationReasonOf(node: Node): string | null {
  const reason = getDirectiveValues(GraphQLDeprecatedDirective, node)?.['reason'];
  return typeof reason === 'string' ? reason : null;
}

/** A promised day holds, and the first one gives notice: otherwise a deprecation could hide a sudden removal. */
export function deprecationDifferences(old: Node, node: Node, today: string): Difference[] {
  const [was, is] = [deprecationReasonOf(old), deprecationReasonOf(node)];
  if (was === is) return [];
  const [promised, day] = [was, is].map((reason) => (reason === null ? null : promisedDay(reason)));
  if (promised && day && day < promised) {
    const message = `It was promised until ${promised} and now only until ${day}.`;
    return [{ effect: 'breaking', code: 'DEPRECATION_DATE_EARLIER', message }];
  }
  if (!promised && day && day <= today) {
    const message = `It may be gone from ${day} on, which gives clients no notice.`;
    return [{ effect: 'breaking', code: 'DEPRECATION_WITHOUT_NOTICE', message }];
  }
  const message = `It was ${stated(was)} and is ${stated(is)}.`;
  return [{ effect: 'safe', code: 'DEPRECATION_CHANGE', message }];
}

const stated = (reason: string | null) =>
  reason === null ? 'not deprecated' : `deprecated: ${reason}`;
