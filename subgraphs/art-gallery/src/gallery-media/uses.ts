import { type Decision, MAX_USES } from '@federated-media/media-consumer/associations/association';
import { orderWithoutRoles } from '@federated-media/media-consumer/associations/order';
import { notFound } from '@federated-media/media-consumer/user-error';
import { trimText } from '@federated-media/subgraph-kit/text';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type { Artwork } from '../artwork/artwork.ts';
import type { ArtworkUserError, UpdateGalleryMediaInput } from '../generated/graphql.ts';
import type { GalleryMedia } from './gallery-media.ts';

/** An artwork with other uses; or as it was, and why. */
type Change = Decision<Artwork, ArtworkUserError | null>;

const { place, without } = orderWithoutRoles<GalleryMedia>();

const done = (artwork: Artwork, uses: readonly GalleryMedia[]): Change => ({
  entity: { ...artwork, uses: primaryFirst(uses) },
  answer: null,
});
const refused = (artwork: Artwork, answer: ArtworkUserError): Change => ({
  entity: artwork,
  answer,
});

const primaryFirst = (uses: readonly GalleryMedia[]): GalleryMedia[] =>
  uses.toSorted(
    (one, other) =>
      Number(other.isPrimary) - Number(one.isPrimary) || one.displayOrder - other.displayOrder,
  );

/** With `id` as the only primary one. */
const withPrimary = (uses: readonly GalleryMedia[], id: string): GalleryMedia[] =>
  uses.map((use) =>
    use.isPrimary === (use.id === id) ? use : { ...use, isPrimary: use.id === id },
  );

/** With one more use, at `position` or last. */
export function attach(artwork: Artwork, use: GalleryMedia, position?: number): Change {
  const { uses } = artwork;
  const field = ['input', 'mediaId'];
  if (uses.some(({ mediaId }) => mediaId === use.mediaId)) {
    const message = 'The file is already attached to this artwork.';
    return refused(artwork, userError('ALREADY_ATTACHED', message, field));
  }
  if (uses.length >= MAX_USES) {
    const message = `The artwork has too many files. The maximum is ${MAX_USES}.`;
    return refused(artwork, userError('INVALID', message, ['input']));
  }
  const placed = place(uses, use, position);
  return done(artwork, use.isPrimary ? withPrimary(placed, use.id) : placed);
}

export function detach(artwork: Artwork, mediaId: string | null): Change {
  const left = without(artwork.uses, (use) => use.mediaId === mediaId);
  return left.length < artwork.uses.length ? done(artwork, left) : notAttached(artwork);
}

/** What is in the trash is shown to nobody, so it is not what to show first. */
export function setPrimary(artwork: Artwork, mediaId: string | null): Change {
  const use = artwork.uses.find((candidate) => candidate.mediaId === mediaId);
  if (!use) return notAttached(artwork);
  if (use.isHidden) {
    const message = 'The file is in the trash.';
    return refused(artwork, userError('MEDIA_NOT_FOUND', message, ['input', 'mediaId']));
  }
  return done(artwork, withPrimary(artwork.uses, use.id));
}

/** With one of its uses changed: its text, its place, or both. */
export function update(
  artwork: Artwork,
  id: string,
  { caption, displayOrder }: UpdateGalleryMediaInput,
): Change {
  const use = artwork.uses.find((candidate) => candidate.id === id);
  if (!use) return refused(artwork, noSuchUse());
  const next = caption === undefined ? use : { ...use, caption: trimText(caption) };
  return done(artwork, place(artwork.uses, next, displayOrder ?? use.displayOrder));
}

export const noSuchUse = () => notFound('association', ['input', 'id']);

function notAttached(artwork: Artwork): Change {
  const message = 'The file is not attached to this artwork.';
  return refused(artwork, userError('NOT_ATTACHED', message, ['input', 'mediaId']));
}
