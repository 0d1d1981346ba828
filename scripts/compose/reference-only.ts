import type { Definition } from '@federated-media/stack/composition/definitions';
import { Kind } from 'graphql';

/**
 * Whether it is a reference to an entity of another subgraph: `type MediaFile @key(fields: "id", resolvable: false)`.
 */
export function isReferenceOnly({ node }: Definition): boolean {
  return (node.directives ?? []).some(
    (directive) =>
      directive.name.value === 'key' &&
      directive.arguments?.some(
        ({ name, value }) =>
          name.value === 'resolvable' && value.kind === Kind.BOOLEAN && !value.value,
      ),
  );
}
