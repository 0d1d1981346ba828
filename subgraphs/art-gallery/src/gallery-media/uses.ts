import { type Decision, MAX_USES } from '@federated-media/media-consumer/associations/association';
import { orderWithoutRoles } from '@federated-media/media-consumer/associations/order';
import { notFound } from '@federated-media/media-consumer/user-error';
import { trimText } from '@federated-media/subgraph-kit/text';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type { Artwork } from '../artwork/artwork.ts';
import type { ArtworkUserError, UpdateGalleryMediaInput } from '../generated/graphql.ts';
import type { GalleryMedia } from './gallery-media.ts';

/** The changed artwork; or the unchanged one and the reason. */
type Change = Decision<Artwork, ArtworkUserError | null>;

const { place, without } = orderWithoutRoles<GalleryMedia>();

const changed = (artwork: Artwork, uses: readonly GalleryMedia[]): Change => ({
  entity: { ...artwork, uses: primaryFirst(uses) },
  answer: null,
});
const rejected = (artwork: Artwork, answer: ArtworkUserError): Change => ({
  entity: artwork,
  answer,
});

const primaryFirst = (uses: readonly GalleryMedia[]): GalleryMedia[] =>
  uses.toSorted(
    (one, other) =>
      Number(other.isPrimary) - Number(one.isPrimary) || one.displayOrder - other.displayOrder,
  );

/** With `id` as the only primary usage. */
const withPrimary = (uses: readonly GalleryMedia[], id: string): GalleryMedia[] =>
  uses.map((use) =>
    use.isPrimary === (use.id === id) ? use : { ...use, isPrimary: use.id === id },
  );

/** With one more usage, at `position` or last. */
export function attach(artwork: Artwork, use: GalleryMedia, position?: number): Change {
  const { uses } = artwork;
  const field = ['input', 'mediaId'];
  if (uses.some(({ mediaId }) => mediaId === use.mediaId)) {
    const message = 'The file is already attached to this artwork.';
    return rejected(artwork, userError('ALREADY_ATTACHED', message, field));
  }
  if (uses.length >= MAX_USES) {
    const message = `The artwork has too many files. The maximum is ${MAX_USES}.`;
    return rejected(artwork, userError('INVALID', message, ['input']));
  }
  const placed = place(uses, use, position);
  return changed(artwork, use.isPrimary ? withPrimary(placed, use.id) : placed);
}

export function detach(artwork: Artwork, mediaId: string | null): Change {
  const left = without(artwork.uses, (use) => use.mediaId === mediaId);
  return left.length < artwork.uses.length ? changed(artwork, left) : notAttached(artwork);
}

/** A file in the trash is not shown, so it cannot be the primary one. */
export function setPrimary(artwork: Artwork, mediaId: string | null): Change {
  const use = artwork.uses.find((candidate) => candidate.mediaId === mediaId);
  if (!use) return notAttached(artwork);
  if (use.isHidden) {
    const message = 'The file is in the trash.';
    return rejected(artwork, userError('MEDIA_NOT_FOUND', message, ['input', 'mediaId']));
  }
  return changed(artwork, withPrimary(artwork.uses, use.id));
}

/** With one changed usage: its text, its position, or both. */
export function update(
  artwork: Artwork,
  id: string,
  { caption, displayOrder }: UpdateGalleryMediaInput,
): Change {
  const use = artwork.uses.find((candidate) => candidate.id === id);
  if (!use) return rejected(artwork, noSuchUse());
  const next = caption === undefined ? use : { ...use, caption: trimText(caption) };
  return changed(artwork, place(artwork.uses, next, displayOrder ?? use.displayOrder));
}

export const noSuchUse = () => notFound('association', ['input', 'id']);

function notAttached(artwork: Artwork): Change {
  const message = 'The file is not attached to this artwork.';
  return rejected(artwork, userError('NOT_ATTACHED', message, ['input', 'mediaId']));
}
