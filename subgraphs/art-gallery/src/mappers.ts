import type { toConnection } from '@federated-media/subgraph-kit/pagination';
import type { Artwork } from './artwork/artwork.ts';
import type { GalleryMedia } from './gallery-media/gallery-media.ts';

/** The parents of resolvers. Usages include their artwork, so nothing is read twice. */
export type ArtworkParent = Artwork;

export interface GalleryMediaParent extends GalleryMedia {
  readonly artwork: Artwork;
}

export interface MediaFileParent {
  readonly __typename: 'MediaFile';
  readonly id: string;
}

export type ArtworkConnectionParent = ReturnType<typeof toConnection<Artwork>>;
