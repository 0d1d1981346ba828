import type { Caller } from '@federated-media/subgraph-kit/identity';
import type { StoreRepository } from './repository.ts';

export const createStoreService = ({ stores }: { stores: StoreRepository }) => ({
  quota: ({ storeId }: Caller) => stores.quota(storeId),
});
export type StoreService = ReturnType<typeof createStoreService>;
