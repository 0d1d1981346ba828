/** A product in one of the forms it is sold in, as the database has it. */
export interface ProductVariant {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly createdAt: Date;
}

/** More would make every page of products a long one. */
export const MAX_VARIANTS = 250;
