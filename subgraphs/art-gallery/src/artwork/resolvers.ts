import { readPageRequest } from '@federated-media/subgraph-kit/pagination';
import { shownUsages } from '../gallery-media/usages.ts';
import type { ArtworkResolvers, MutationResolvers, QueryResolvers } from '../generated/graphql.ts';

export const Query = {
  artwork: (_root, { id }, { caller, artworks }) => artworks.find(caller, id),
  artworks: (_root, page, { caller, artworks }) => artworks.list(caller, readPageRequest(page)),
} satisfies QueryResolvers;

export const Artwork = {
  __resolveReference: ({ id }, { entities }) => entities.artworks.load(id),
  artistId: ({ storeId }) => storeId,
  mediaAssociations: shownUsages,
  primaryMedia: (artwork) => shownUsages(artwork).find(({ isPrimary }) => isPrimary) ?? null,
} satisfies ArtworkResolvers;

export const Mutation = {
  createArtwork: (_root, { input }, { caller, artworks }) => artworks.create(caller, input),
  deleteArtwork: (_root, { input }, { caller, artworks }) => artworks.delete(caller, input),
} satisfies MutationResolvers;
