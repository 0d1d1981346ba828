import type { ProductMediaUsageType } from '../generated/graphql.ts';

/** One use of a file by a product, as the database has it. */
export interface ProductMedia {
  readonly id: string;
  readonly mediaId: string;
  readonly usageType: ProductMediaUsageType;
  /** 0, 1, 2 … within product and usage type. */
  readonly displayOrder: number;
  readonly variantId: string | null;
  readonly altText: string | null;
  readonly createdAt: Date;
  /** Grows with every change of its usage type: the CMS is told of it anew. */
  readonly claimVersion: number;
  /** Its file is in the CMS's trash: it keeps its place and is not shown. */
  readonly isHidden: boolean;
}

/** All of a product's, sorted by usage type and display order. */
export type Uses = readonly ProductMedia[];

/** More would make every page of products a long one. */
export const MAX_USES = 250;
