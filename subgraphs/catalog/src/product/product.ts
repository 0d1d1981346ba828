import type { Uses } from '../product-media/product-media.ts';
import type { ProductVariant } from '../product-variant/product-variant.ts';

/** A product's own fields. */
export interface ProductFields {
  readonly sku: string;
  readonly name: string;
  readonly description: string | null;
}

/** A product with all that is part of it: what is read with one statement, locked as one and changed as one. */
export interface Product extends ProductFields {
  readonly id: string;
  readonly storeId: string;
  readonly version: number;
  /** Another whenever somebody has held it to change `variants` or `uses`. */
  readonly usesRevision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** In the order they were made. */
  readonly variants: readonly ProductVariant[];
  readonly uses: Uses;
}

/** What became of a product, and whatever its caller wants to know besides. */
export interface Decision<Answer> {
  /** As it is to be; as it was when nothing changes. */
  readonly product: Product;
  readonly answer: Answer;
}

/** Another product, or another variant, of the store has the SKU. */
export class SkuTakenError extends Error {
  constructor(options?: ErrorOptions) {
    super('The SKU is already in use in this store.', options);
    this.name = 'SkuTakenError';
  }
}
