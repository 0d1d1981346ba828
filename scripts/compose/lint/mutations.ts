import { Kind, type FieldDefinitionNode } from 'graphql';
import { namedTypeOf } from './types.ts';
import { ruleOfEach, type Rule } from './rule.ts';

export const mutationsTakeInput = ruleOfEach(
  'MUTATION_INPUT',
  'Take one argument `input`, so that what a mutation takes can grow.',
  ({ coordinate, node }) => {
    if (node.kind !== Kind.FIELD_DEFINITION || !isMutation(coordinate)) return null;
    const names = (node.arguments ?? []).map(({ name }) => name.value);
    return names.join() === 'input' ? null : `${coordinate} takes (${names.join(', ')}).`;
  },
);

export const mutationsAnswerPayload = ruleOfEach(
  'MUTATION_PAYLOAD',
  'Answer with a type of its own, `…Payload!`, so that what a mutation answers can grow.',
  ({ coordinate, node }) => {
    if (node.kind !== Kind.FIELD_DEFINITION || !isMutation(coordinate)) return null;
    const isPayload = namedTypeOf(node.type).endsWith('Payload');
    return isPayload && isNonNull(node) ? null : `${coordinate} does not answer with a payload.`;
  },
);

/** Refusals are part of the schema: a payload without them leaves only masked errors. */
export const payloadsTellRefusals: Rule = {
  code: 'PAYLOAD_USER_ERRORS',
  fix: 'Give it a field `userErrors` that is a non-null list of non-null errors.',
  find(definitions) {
    const telling = new Set(
      definitions.flatMap(({ coordinate, node }) =>
        node.kind === Kind.FIELD_DEFINITION && isListOfNonNull(node) ? coordinate : [],
      ),
    );
    return definitions.flatMap((definition) => {
      const { coordinate, node } = definition;
      if (node.kind !== Kind.OBJECT_TYPE_DEFINITION || !coordinate.endsWith('Payload')) return [];
      if (telling.has(`${coordinate}.userErrors`)) return [];
      return [{ definition, message: `${coordinate} can't say why a change was refused.` }];
    });
  },
};

const isMutation = (coordinate: string) => coordinate.startsWith('Mutation.');
const isNonNull = ({ type }: FieldDefinitionNode) => type.kind === Kind.NON_NULL_TYPE;

function isListOfNonNull({ type }: FieldDefinitionNode): boolean {
  return (
    type.kind === Kind.NON_NULL_TYPE &&
    type.type.kind === Kind.LIST_TYPE &&
    type.type.type.kind === Kind.NON_NULL_TYPE
  );
}
