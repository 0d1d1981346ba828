import { cursorOf, positionOf } from '@federated-media/subgraph-kit/keyset-cursor';
import { type PageRequest, toConnection } from '@federated-media/subgraph-kit/pagination';
import type { Association, Owner } from './association.ts';
import type { OwnerRepository } from './repository.ts';
import type { OwnerFilter, Reading } from './statements.ts';

/**
 * A page of a store's entities, newest first. A filter of null matches none.
 * @throws BAD_USER_INPUT for an invalid cursor
 */
export async function listOwners<Usage extends Association, Entity extends Owner<Usage>>(
  owners: Pick<OwnerRepository<Usage, Entity>, 'list' | 'count'>,
  {
    storeId,
    request,
    filter,
    reading,
  }: {
    storeId: string;
    request: PageRequest;
    filter?: OwnerFilter | null;
    reading?: Reading;
  },
) {
  const { direction, limit } = request;
  const from = positionOf(request);
  const page = { direction, limit: limit + 1, from };
  return toConnection({
    rows: filter === null ? [] : await owners.list(storeId, page, filter, reading),
    request,
    cursorOf,
    totalCount: async () => (filter === null ? 0 : owners.count(storeId, filter)),
  });
}
