import type { Definition } from '@federated-media/stack/composition/definitions';
import { Kind } from 'graphql';
import { dateProblem } from '../promise.ts';
import { ruleOfEach } from './rule.ts';

export const deprecationsHaveReason = ruleOfEach(
  'DEPRECATION_REASON',
  'Say in `reason` what to use instead, and from which date on it may be gone.',
  ({ coordinate, node }) =>
    reasonOf(node) === '' ? `${coordinate} is deprecated without a reason.` : null,
);

export const deprecationDatesAreReal = ruleOfEach(
  'DEPRECATION_DATE',
  'Write dates as YYYY-MM-DD, and the promise in these words: `Use name. Gone from 2027-03-01 on.`',
  ({ coordinate, node }) => {
    const problem = dateProblem(reasonOf(node) ?? '');
    return problem === null ? null : `In the deprecation of ${coordinate}, ${problem}.`;
  },
);

/** Empty when none is given. Null for what is not deprecated. */
function reasonOf(node: Definition['node']): string | null {
  const deprecated = node.directives?.find(({ name }) => name.value === 'deprecated');
  if (!deprecated) return null;
  const reason = deprecated.arguments?.find(({ name }) => name.value === 'reason')?.value;
  return reason?.kind === Kind.STRING ? reason.value.trim() : '';
}
