/** One of the variants in which a product is sold. */
export interface ProductVariant {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly createdAt: Date;
}

/** The limit keeps pages of products small. */
export const MAX_VARIANTS = 250;
