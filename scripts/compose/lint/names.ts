import type { Definition } from '@federated-media/stack/composition/definitions';
import { isTypeDefinitionNode, isTypeExtensionNode, Kind } from 'graphql';
import { ruleOfEach } from './rule.ts';

/** Five capitals in a row are not an abbreviation (such as URL) before another word. */
const pascalCase = /^(?!.*[A-Z]{5})[A-Z][A-Za-z\d]*$/;
const camelCase = /^(?!.*[A-Z]{5})[a-z][A-Za-z\d]*$/;
const upperCase = /^[A-Z][A-Z\d]*(?:_[A-Z\d]+)*$/;

const ways = {
  type: { pattern: pascalCase, name: 'PascalCase' },
  field: { pattern: camelCase, name: 'camelCase' },
  value: { pattern: upperCase, name: 'UPPER_CASE' },
};

export const namedAsUsual = ruleOfEach(
  'NAMING',
  'Types are in PascalCase, fields, arguments and directives in camelCase, enum values in UPPER_CASE.',
  ({ coordinate, node }) => {
    const { pattern, name } = ways[kindOf(node)];
    return pattern.test(node.name.value) ? null : `${coordinate} is not in ${name}.`;
  },
);

/**
 * Input types for reading end in what they do: filter, order or limit a list, or transform an image. All other input
 * types end in Input.
 */
const inputEnding = /(?:Input|Filter|Order|Range|Transform)$/;

export const inputsEndInInput = ruleOfEach(
  'INPUT_NAME',
  'End the name in Input, or in Filter, Order, Range or Transform for reading.',
  ({ coordinate, node }) =>
    node.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION || inputEnding.test(node.name.value)
      ? null
      : `The input type ${coordinate} has a name without one of these endings.`,
);

function kindOf(node: Definition['node']): keyof typeof ways {
  if (isTypeDefinitionNode(node) || isTypeExtensionNode(node)) return 'type';
  return node.kind === Kind.ENUM_VALUE_DEFINITION ? 'value' : 'field';
}
