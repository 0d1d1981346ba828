import { createOwnerRepository } from '@federated-media/media-consumer/associations/repository';
import type { ConsumerParts } from '@federated-media/media-consumer/subgraph';
import type { GalleryMedia } from '../gallery-media/gallery-media.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { Artwork, ArtworkFields } from './artwork.ts';

export const tables = {
  owners: 'artworks',
  columns: ['title', 'year', 'medium'],
  associations: 'gallery_media',
  ownerId: 'artwork_id',
  usageColumns: [
    { property: 'isPrimary', column: 'is_primary', type: 'boolean' },
    { property: 'caption', column: 'caption', type: 'text' },
  ],
  label: 'title',
  role: 'NULL',
  sorted: 'is_primary DESC, display_order',
} as const;

export interface NewArtwork extends ArtworkFields {
  readonly id: string;
  readonly storeId: string;
}

/** Artworks with their usages of files. Every method sees one store only. */
export function createArtworkRepository({
  pool,
  client,
}: Pick<ConsumerParts<PrismaClient>, 'pool' | 'client'>) {
  return {
    ...createOwnerRepository<GalleryMedia, Artwork>({
      pool,
      tables,
      isWrittenLast: ({ isPrimary }) => isPrimary,
    }),

    async insert(artwork: NewArtwork): Promise<Artwork> {
      return { ...(await client.artwork.create({ data: { ...artwork } })), usages: [] };
    },

    /** With its usages of files. False when the artwork does not exist. */
    async delete(storeId: string, id: string): Promise<boolean> {
      return (await client.artwork.deleteMany({ where: { id, storeId } })).count > 0;
    },
  };
}
export type ArtworkRepository = ReturnType<typeof createArtworkRepository>;
