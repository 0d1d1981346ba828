import { publicError } from '@federated-media/subgraph-kit/errors';
import type { Caller } from '@federated-media/subgraph-kit/identity';

const GATEWAY = 'gateway';

/**
 * The consumer that asks, by the name its token is signed with. The gateway speaks for people: whatever
 * scopes they hold, they can't claim in the name of a subgraph.
 * @throws FORBIDDEN
 */
export function consumerOf({ issuer }: Caller): string {
  if (issuer !== GATEWAY) return issuer;
  throw publicError('FORBIDDEN', 'Only subgraphs may call this, with their own service token.');
}
