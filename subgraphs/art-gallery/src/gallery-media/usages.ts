import {
  type Decision,
  MAX_USAGES,
  shown,
} from '@federated-media/media-consumer/associations/association';
import { orderWithoutRoles } from '@federated-media/media-consumer/associations/order';
import { notFound } from '@federated-media/media-consumer/user-error';
import { userError } from '@federated-media/subgraph-kit/user-error';
import { normalText } from '@federated-media/subgraph-kit/normal-form';
import type { Artwork } from '../artwork/artwork.ts';
import type { ArtworkUserError, UpdateGalleryMediaInput } from '../generated/graphql.ts';
import type { GalleryMediaParent } from '../mappers.ts';
import type { GalleryMedia } from './gallery-media.ts';

/** The changed artwork; or the unchanged one and the reason. */
type Change = Decision<Artwork, ArtworkUserError | null>;

const { place, without } = orderWithoutRoles<GalleryMedia>();

const changed = (artwork: Artwork, usages: readonly GalleryMedia[]): Change => ({
  entity: { ...artwork, usages: primaryFirst(usages) },
  answer: null,
});
const rejected = (artwork: Artwork, answer: ArtworkUserError): Change => ({
  entity: artwork,
  answer,
});

const primaryFirst = (usages: readonly GalleryMedia[]): GalleryMedia[] =>
  usages.toSorted(
    (one, other) =>
      Number(other.isPrimary) - Number(one.isPrimary) || one.displayOrder - other.displayOrder,
  );

/** With `id` as the only primary usage. */
const withPrimary = (usages: readonly GalleryMedia[], id: string): GalleryMedia[] =>
  usages.map((usage) =>
    usage.isPrimary === (usage.id === id) ? usage : { ...usage, isPrimary: usage.id === id },
  );

export const findUsage = ({ usages }: Artwork, ofFile: string | null) =>
  usages.find(({ mediaId }) => mediaId === ofFile);

/** With one more usage, at `position` or last. */
export function attach(artwork: Artwork, usage: GalleryMedia, position?: number): Change {
  const { usages } = artwork;
  const field = ['input', 'mediaId'];
  if (findUsage(artwork, usage.mediaId)) {
    const message = 'The file is already attached to this artwork.';
    return rejected(artwork, userError('ALREADY_ATTACHED', message, field));
  }
  if (usages.length >= MAX_USAGES) {
    const message = `The artwork has too many files. The maximum is ${MAX_USAGES}.`;
    return rejected(artwork, userError('INVALID', message, ['input']));
  }
  const placed = place(usages, usage, position);
  return changed(artwork, usage.isPrimary ? withPrimary(placed, usage.id) : placed);
}

export function detach(artwork: Artwork, mediaId: string | null): Change {
  const left = without(artwork.usages, (usage) => usage.mediaId === mediaId);
  return left.length < artwork.usages.length ? changed(artwork, left) : notAttached(artwork);
}

/** A file in the trash is not shown, so it cannot be the primary one. */
export function setPrimary(artwork: Artwork, mediaId: string | null): Change {
  const usage = findUsage(artwork, mediaId);
  if (!usage) return notAttached(artwork);
  if (usage.isHidden) {
    const message = 'The file is in the trash.';
    return rejected(artwork, userError('MEDIA_NOT_FOUND', message, ['input', 'mediaId']));
  }
  return changed(artwork, withPrimary(artwork.usages, usage.id));
}

/** With one changed usage: its text, its position, or both. */
export function update(
  artwork: Artwork,
  id: string,
  { caption, displayOrder }: UpdateGalleryMediaInput,
): Change {
  const usage = artwork.usages.find((candidate) => candidate.id === id);
  if (!usage) return rejected(artwork, noSuchUsage());
  const next = caption === undefined ? usage : { ...usage, caption: normalText(caption) };
  return changed(artwork, place(artwork.usages, next, displayOrder ?? usage.displayOrder));
}

export const noSuchUsage = () => notFound('association', ['input', 'id']);

function notAttached(artwork: Artwork): Change {
  const message = 'The file is not attached to this artwork.';
  return rejected(artwork, userError('NOT_ATTACHED', message, ['input', 'mediaId']));
}

/** An artwork's usages as readers see them: without those whose file is in the trash. */
export const shownUsages = (artwork: Artwork): GalleryMediaParent[] =>
  shown(artwork.usages).map((usage) => ({ ...usage, artwork }));
