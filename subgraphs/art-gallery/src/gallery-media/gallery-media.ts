import type { Association } from '@federated-media/media-consumer/associations/association';

/** One use of a file by an artwork, as the database has it. */
export interface GalleryMedia extends Association {
  readonly isPrimary: boolean;
  readonly caption: string | null;
}
