import { Kind } from 'graphql';
import { ruleOfEach } from './rule.ts';

export const deprecationsHaveReason = ruleOfEach(
  'DEPRECATION_REASON',
  'Say in `reason` what to use instead, and from which date on it may be gone.',
  ({ coordinate, node }) => {
    const deprecated = node.directives?.find(({ name }) => name.value === 'deprecated');
    if (!deprecated) return null;
    const reason = deprecated.arguments?.find(({ name }) => name.value === 'reason')?.value;
    const isSaid = reason?.kind === Kind.STRING && reason.value.trim() !== '';
    return isSaid ? null : `${coordinate} is deprecated without a reason.`;
  },
);
