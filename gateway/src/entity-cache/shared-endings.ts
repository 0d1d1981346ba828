import type { Workers } from '@federated-media/subgraph-kit/module';
import { z } from 'zod';
import type { EntityCache } from './entity-cache.ts';

const Ending = z.object({ endedStore: z.string() });

/**
 * `endStore` of the caches of all workers: the next request of a client may reach another one, and must see what the
 * client has written.
 */
export function shareEndings(
  cache: Pick<EntityCache, 'endStore'>,
  { tellOthers, onMessage }: Pick<Workers, 'tellOthers' | 'onMessage'>,
) {
  const close = onMessage((message) => {
    const { data } = Ending.safeParse(message);
    if (data) cache.endStore(data.endedStore);
  });
  return {
    /** Resolves when the others have done it too. */
    async endStore(storeId: string): Promise<void> {
      cache.endStore(storeId);
      await tellOthers({ endedStore: storeId });
    },
    close,
  };
}
