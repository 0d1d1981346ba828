import type { Definition } from '@federated-media/stack/composition/definitions';
import { Kind } from 'graphql';
import { dateProblem } from '../promise.ts';
import { ruleOfEach } from './rule.ts';

export const deprecationsHaveReason = ruleOfEach(
  'DEPRECATION_REASON',
  'Write in `reason` what to use instead, and from which date on it may be removed.',
  ({ coordinate, node }) =>
    reasonOf(node) === '' ? `${coordinate} is deprecated without a reason.` : null,
);

export const deprecationDatesAreReal = ruleOfEach(
  'DEPRECATION_DATE',
  'Write dates as YYYY-MM-DD, and the date of removal in this form: `Use name. Gone from 2027-03-01 on.`',
  ({ coordinate, node }) => {
    const problem = dateProblem(reasonOf(node) ?? '');
    return problem === null ? null : `In the deprecation of ${coordinate}, ${problem}.`;
  },
);

/** Empty without a reason. Null when it is not deprecated. */
function reasonOf(node: Definition['node']): string | null {
  const deprecated = node.directives?.find(({ name }) => name.value === 'deprecated');
  if (!deprecated) return null;
  const reason = deprecated.arguments?.find(({ name }) => name.value === 'reason')?.value;
  return reason?.kind === Kind.STRING ? reason.value.trim() : '';
}
