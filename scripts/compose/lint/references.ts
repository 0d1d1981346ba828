import { Kind } from 'graphql';
import { isReferenceOnly } from '../reference-only.ts';
import type { Rule } from './rule.ts';
import { canBeNull, namedTypeOf } from './types.ts';

/**
 * The other subgraph may be down, or the thing be gone there: with a null in its place the rest of the page
 * is served, with a non-null field null spreads to all around it.
 */
export const referencesAreNullable: Rule = {
  code: 'NON_NULL_REFERENCE',
  fix: 'Take away the `!` after the type: what another subgraph owns may be gone or out of reach.',
  find(definitions) {
    const foreign = new Set(
      definitions.filter(isReferenceOnly).map(({ coordinate }) => coordinate),
    );
    return definitions.flatMap((definition) => {
      const { coordinate, node } = definition;
      if (node.kind !== Kind.FIELD_DEFINITION || canBeNull(node.type)) return [];
      const type = namedTypeOf(node.type);
      if (!foreign.has(type)) return [];
      return [{ definition, message: `${coordinate} is never null, but ${type} is another's.` }];
    });
  },
};
