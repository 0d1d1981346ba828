import type { EntityLoader } from '@federated-media/subgraph-kit/entity-loader';
import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { ArtworkService } from './artwork/service.ts';
import type { GalleryMediaService } from './gallery-media/service.ts';
import type { ArtworkParent, GalleryMediaParent } from './mappers.ts';

/** The context of resolvers: the caller and the services. */
export interface Context extends RequestScope {
  readonly artworks: ArtworkService;
  readonly galleryMedia: GalleryMediaService;
  /** For one request. */
  readonly entities: {
    readonly artworks: EntityLoader<ArtworkParent>;
    readonly usages: EntityLoader<GalleryMediaParent>;
  };
}
