import type { Reading } from '@federated-media/media-consumer/associations/statements';
import type { EntityLoader } from '@federated-media/subgraph-kit/entity-loader';
import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { ProductMediaParent, ProductParent, ProductVariantParent } from './mappers.ts';
import type { ProductMediaService } from './product-media/service.ts';
import type { ProductVariantService } from './product-variant/service.ts';
import type { ProductService } from './product/service.ts';

/** The context of resolvers: the caller and the services. */
export interface Context extends RequestScope {
  readonly products: ProductService;
  readonly variants: ProductVariantService;
  readonly productMedia: ProductMediaService;
  /** For one request, in which `reading` is always the same. */
  readonly entities: (reading: Reading) => Entities;
}

interface Entities {
  readonly products: EntityLoader<ProductParent>;
  readonly variants: EntityLoader<ProductVariantParent>;
  readonly usages: EntityLoader<ProductMediaParent>;
}
