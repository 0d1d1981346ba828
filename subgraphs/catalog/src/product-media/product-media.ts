import type { Association } from '@federated-media/media-consumer/associations/association';
import type { ProductMediaUsageType } from '../generated/graphql.ts';

/** One usage of a file by a product. `displayOrder` counts within its usage type. */
export interface ProductMedia extends Association {
  readonly usageType: ProductMediaUsageType;
  readonly variantId: string | null;
  readonly altText: string | null;
  readonly createdAt: Date;
}

/** All of a product's, sorted by usage type and display order. */
export type Usages = readonly ProductMedia[];
