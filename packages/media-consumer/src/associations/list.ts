import { cursorOf, positionOf } from '@federated-media/subgraph-kit/keyset-cursor';
import { type PageRequest, toConnection } from '@federated-media/subgraph-kit/pagination';
import type { Association, Owner } from './association.ts';
import type { OwnerRepository } from './repository.ts';

/** A page of a store's entities, newest first. @throws BAD_USER_INPUT for a cursor that is not one of ours */
export async function listOwners<Use extends Association, Entity extends Owner<Use>>(
  owners: Pick<OwnerRepository<Use, Entity>, 'list' | 'count'>,
  { storeId, request }: { storeId: string; request: PageRequest },
) {
  const { direction, limit } = request;
  const from = positionOf(request);
  return toConnection({
    rows: await owners.list(storeId, { direction, limit: limit + 1, from }),
    request,
    cursorOf,
    totalCount: () => owners.count(storeId),
  });
}
