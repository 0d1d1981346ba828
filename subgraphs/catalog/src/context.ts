import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { ProductMediaService } from './product-media/service.ts';
import type { ProductVariantService } from './product-variant/service.ts';
import type { EntityLoaders } from './product/loader.ts';
import type { ProductService } from './product/service.ts';

/** What resolvers reach: who asks, and what may be asked. */
export interface Context extends RequestScope {
  readonly products: ProductService;
  readonly variants: ProductVariantService;
  readonly productMedia: ProductMediaService;
  /** Of this request only. */
  readonly entities: EntityLoaders;
}
