import { shown } from '@federated-media/media-consumer/associations/association';
import type { ProductMediaParent } from '../mappers.ts';
import type { Product } from '../product/product.ts';

/** A product's usages as readers see them: without those whose file is in the trash. */
export const shownUsages = (product: Product): ProductMediaParent[] =>
  shown(product.usages).map((usage) => ({ ...usage, product }));
