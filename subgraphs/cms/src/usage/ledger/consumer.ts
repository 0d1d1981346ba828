import { publicError } from '@federated-media/subgraph-kit/errors';
import type { Caller } from '@federated-media/subgraph-kit/identity';

const GATEWAY = 'gateway';

/**
 * The consumer that calls: the issuer of its token. The gateway calls for people, who can't claim in the
 * name of a subgraph, whatever scopes they have.
 * @throws FORBIDDEN
 */
export function consumerOf({ issuer }: Caller): string {
  if (issuer !== GATEWAY) return issuer;
  throw publicError('FORBIDDEN', 'Only subgraphs may call this, with their own service token.');
}
