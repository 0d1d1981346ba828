import type { Owner } from '@federated-media/media-consumer/associations/association';
import type { GalleryMedia } from '../gallery-media/gallery-media.ts';

/** An artwork's own fields. */
export interface ArtworkFields {
  readonly title: string;
  readonly year: number | null;
  readonly medium: string | null;
}

/** An artwork with the files it uses, the primary one first. */
export interface Artwork extends ArtworkFields, Owner<GalleryMedia> {
  readonly updatedAt: Date;
}
