import type { Definition } from '@federated-media/stack/composition/definitions';
import { Kind } from 'graphql';

/** `type MediaFile @key(fields: "id", resolvable: false)`: another subgraph's, known here by its key alone. */
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
