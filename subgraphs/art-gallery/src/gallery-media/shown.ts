import { shown } from '@federated-media/media-consumer/associations/association';
import type { Artwork } from '../artwork/artwork.ts';
import type { GalleryMediaParent } from '../mappers.ts';

/** An artwork's usages as readers see them: without those whose file is in the trash. */
export const shownUsages = (artwork: Artwork): GalleryMediaParent[] =>
  shown(artwork.usages).map((usage) => ({ ...usage, artwork }));
