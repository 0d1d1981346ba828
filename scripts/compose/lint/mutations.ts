import { Kind, type FieldDefinitionNode } from 'graphql';
import { namedTypeOf } from './types.ts';
import { ruleOfEach, type Rule } from './rule.ts';

export const mutationsHaveInput = ruleOfEach(
  'MUTATION_INPUT',
  'Use exactly one argument, `input`, so that the mutation can be extended.',
  ({ coordinate, node }) => {
    if (node.kind !== Kind.FIELD_DEFINITION || !isMutation(coordinate)) return null;
    const names = (node.arguments ?? []).map(({ name }) => name.value);
    return names.join() === 'input'
      ? null
      : `${coordinate} has the arguments (${names.join(', ')}).`;
  },
);

export const mutationsReturnPayload = ruleOfEach(
  'MUTATION_PAYLOAD',
  'Return a separate type `…Payload!`, so that the response can be extended.',
  ({ coordinate, node }) => {
    if (node.kind !== Kind.FIELD_DEFINITION || !isMutation(coordinate)) return null;
    const isPayload = namedTypeOf(node.type).endsWith('Payload');
    return isPayload && isNonNull(node) ? null : `${coordinate} does not return a payload.`;
  },
);

/** Errors that the caller can correct are part of the schema. Without them a payload can only return masked errors. */
export const payloadsHaveUserErrors: Rule = {
  code: 'PAYLOAD_USER_ERRORS',
  fix: 'Add a field `userErrors`, a non-null list of non-null errors.',
  find(definitions) {
    const complete = new Set(
      definitions.flatMap(({ coordinate, node }) =>
        node.kind === Kind.FIELD_DEFINITION && isListOfNonNull(node) ? coordinate : [],
      ),
    );
    return definitions.flatMap((definition) => {
      const { coordinate, node } = definition;
      if (node.kind !== Kind.OBJECT_TYPE_DEFINITION || !coordinate.endsWith('Payload')) return [];
      if (complete.has(`${coordinate}.userErrors`)) return [];
      return [{ definition, message: `${coordinate} has no list of user errors.` }];
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
