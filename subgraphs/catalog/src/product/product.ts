import type { Owner } from '@federated-media/media-consumer/associations/association';
import type { ProductMedia } from '../product-media/product-media.ts';
import type { ProductVariant } from '../product-variant/product-variant.ts';

/** A product's own fields. */
export interface ProductFields {
  readonly sku: string;
  readonly name: string;
  readonly description: string | null;
}

/** A product with its variants and its usages of files: read, locked and changed as one. */
export interface Product extends ProductFields, Owner<ProductMedia> {
  /** Increases with every change of the product's own fields. */
  readonly version: number;
  /** In the order in which they were created. */
  readonly variants: readonly ProductVariant[];
}
