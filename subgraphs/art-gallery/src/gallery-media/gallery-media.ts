import type { Association } from '@federated-media/media-consumer/associations/association';

/** One usage of a file by an artwork. */
export interface GalleryMedia extends Association {
  readonly isPrimary: boolean;
  readonly caption: string | null;
}
