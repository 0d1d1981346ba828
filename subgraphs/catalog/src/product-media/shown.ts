import type { ProductMediaParent } from '../mappers.ts';
import type { Product } from '../product/product.ts';

/** A product's uses as readers see them: without those whose file is in the trash. */
export const shownUses = (product: Product): ProductMediaParent[] =>
  product.uses.filter(({ isHidden }) => !isHidden).map((use) => ({ ...use, product }));
