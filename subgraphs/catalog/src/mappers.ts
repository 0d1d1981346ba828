import type { toConnection } from '@federated-media/subgraph-kit/pagination';
import type { ProductMedia } from './product-media/product-media.ts';
import type { ProductVariant } from './product-variant/product-variant.ts';
import type { Product } from './product/product.ts';

/** The parents of resolvers. Variants and usages include their product, so nothing is read twice. */
export type ProductParent = Product;

export interface ProductVariantParent extends ProductVariant {
  readonly product: Product;
}

export interface ProductMediaParent extends ProductMedia {
  readonly product: Product;
}

export interface MediaFileParent {
  readonly __typename: 'MediaFile';
  readonly id: string;
}

export type ProductConnectionParent = ReturnType<typeof toConnection<Product>>;
