import type { NewUse } from '@federated-media/media-consumer/intents';
import type { MediaConsumer } from '@federated-media/media-consumer/media-consumer';
import type { Decision, Product } from '../product/product.ts';
import type { ProductRepository } from '../product/repository.ts';
import { differences } from './differences.ts';

/**
 * Writes what `decide` makes of a product and of files claimed for it: with one statement and no lock when
 * it only adds to `product` as it was read and nobody has changed that meanwhile, else under the lock, on
 * what is there then. Null when there is no such product any more. @throws ClaimExpiredError
 */
export async function writeClaimed<Answer>(
  { products, media }: { products: ProductRepository; media: MediaConsumer },
  {
    product,
    claimed,
    decide,
  }: {
    product: Product;
    claimed: readonly NewUse[];
    decide: (current: Product) => Decision<Answer>;
  },
): Promise<Decision<Answer> | null> {
  const decision = decide(product);
  if (onlyAdds(product, decision.product, claimed)) {
    const added = await products.addUses(product, decision.product);
    if (added) return { ...decision, product: added };
  }
  const { storeId, id } = product;
  const changed = await products.change({ storeId, id, claimed }, decide);
  await media.sendNow();
  return changed;
}

function onlyAdds(before: Product, after: Product, claimed: readonly NewUse[]): boolean {
  const { gone, changed, added } = differences(before.uses, after.uses);
  const isAsClaimed = added.every(({ claimVersion }) => claimVersion === 1);
  return isAsClaimed && gone.length + changed.length === 0 && added.length === claimed.length;
}
