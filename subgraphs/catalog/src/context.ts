import type { EntityLoader } from '@federated-media/subgraph-kit/entity-loader';
import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { ProductMediaParent, ProductParent, ProductVariantParent } from './mappers.ts';
import type { ProductMediaService } from './product-media/service.ts';
import type { ProductVariantService } from './product-variant/service.ts';
import type { ProductService } from './product/service.ts';

/** What resolvers reach: who asks, and what may be asked. */
export interface Context extends RequestScope {
  readonly products: ProductService;
  readonly variants: ProductVariantService;
  readonly productMedia: ProductMediaService;
  /** Of this request only. */
  readonly entities: {
    readonly products: EntityLoader<ProductParent>;
    readonly variants: EntityLoader<ProductVariantParent>;
    readonly uses: EntityLoader<ProductMediaParent>;
  };
}
