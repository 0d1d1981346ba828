import type { Caller } from '@federated-media/subgraph-kit/identity';
import {
  decodeCursor,
  encodeCursor,
  invalidCursor,
} from '@federated-media/subgraph-kit/pagination';
import type { QueryMediaUsageClaimsArgs } from '../../generated/graphql.ts';
import type { ClaimPosition, ClaimsRepository } from './claims-repository.ts';
import { consumerOf } from './consumer.ts';
import { readNumber } from './input.ts';

const DEFAULT_SIZE = 100;
const MAX_SIZE = 500;

/** The claims of the calling consumer. */
export function createUsageClaimsService({ claims }: { claims: ClaimsRepository }) {
  return {
    /**
     * Of all stores, like the change feed: a consumer serves all stores, and reads only its own claims.
     * @throws FORBIDDEN, BAD_USER_INPUT
     */
    async page(caller: Caller, { first, after }: QueryMediaUsageClaimsArgs) {
      const consumer = consumerOf(caller);
      const limit = readNumber('first', first ?? DEFAULT_SIZE, { min: 1, max: MAX_SIZE });
      const position = typeof after === 'string' ? readPosition(after) : null;
      const page = await claims.findPage(consumer, { after: position, limit });
      const last = page.at(-1);
      return { claims: page, cursor: last ? encodeCursor([last.storeId, last.usageId]) : null };
    },
  };
}
export type UsageClaimsService = ReturnType<typeof createUsageClaimsService>;

/** @throws BAD_USER_INPUT also for a NUL, which PostgreSQL does not accept in text */
function readPosition(cursor: string): ClaimPosition {
  const [storeId = '', usageId = ''] = decodeCursor(cursor, 2);
  if (!`${storeId}${usageId}`.includes('\0')) return { storeId, usageId };
  throw invalidCursor(['after']);
}
