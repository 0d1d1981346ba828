import type { ProductVariantParent } from '../mappers.ts';
import type { Product } from '../product/product.ts';

export const variantsOf = (product: Product): ProductVariantParent[] =>
  product.variants.map((variant) => ({ ...variant, product }));
