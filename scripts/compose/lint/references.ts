import { Kind } from 'graphql';
import { isReferenceOnly } from '../reference-only.ts';
import type { Rule } from './rule.ts';
import { canBeNull, namedTypeOf } from './types.ts';

/**
 * The other subgraph may be down, or the entity may be deleted there. A nullable field is then null and the rest of
 * the page is served; a non-null field makes its parents null.
 */
export const referencesAreNullable: Rule = {
  code: 'NON_NULL_REFERENCE',
  fix: 'Remove the `!` after the type: an entity of another subgraph may be deleted or not available.',
  find(definitions) {
    const foreign = new Set(
      definitions.filter(isReferenceOnly).map(({ coordinate }) => coordinate),
    );
    return definitions.flatMap((definition) => {
      const { coordinate, node } = definition;
      if (node.kind !== Kind.FIELD_DEFINITION || canBeNull(node.type)) return [];
      const type = namedTypeOf(node.type);
      if (!foreign.has(type)) return [];
      return [
        { definition, message: `${coordinate} is non-null, but another subgraph owns ${type}.` },
      ];
    });
  },
};
