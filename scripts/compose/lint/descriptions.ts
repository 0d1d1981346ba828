import { descriptionOf } from '@federated-media/stack/composition/definitions';
import { isTypeExtensionNode } from 'graphql';
import { ruleOfEach } from './rule.ts';

/** Types that need no description. */
const rootTypes = new Set(['Query', 'Mutation']);

export const described = ruleOfEach(
  'NO_DESCRIPTION',
  'Add a description with what an API user must know: meaning, unit, when it is null.',
  ({ coordinate, node }) => {
    if (isTypeExtensionNode(node) || rootTypes.has(coordinate)) return null;
    return descriptionOf(node) === null ? `${coordinate} has no description.` : null;
  },
);
