import { descriptionOf } from '@federated-media/stack/composition/definitions';
import { isTypeExtensionNode } from 'graphql';
import { ruleOfEach } from './rule.ts';

/** Everybody knows what these are. */
const rootTypes = new Set(['Query', 'Mutation']);

export const described = ruleOfEach(
  'NO_DESCRIPTION',
  'Say in a description above it what an API user must know: meaning, unit, when it is null.',
  ({ coordinate, node }) => {
    if (isTypeExtensionNode(node) || rootTypes.has(coordinate)) return null;
    return descriptionOf(node) === null ? `${coordinate} has no description.` : null;
  },
);
