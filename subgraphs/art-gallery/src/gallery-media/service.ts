import type { Decision } from '@federated-media/media-consumer/associations/association';
import { attachFile } from '@federated-media/media-consumer/associations/attach';
import type { MediaConsumer } from '@federated-media/media-consumer/media-consumer';
import { notFound, rejectedWith } from '@federated-media/media-consumer/user-error';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import { newId, readId } from '@federated-media/subgraph-kit/ids';
import { trimText } from '@federated-media/subgraph-kit/text';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type { Artwork } from '../artwork/artwork.ts';
import type { ArtworkRepository } from '../artwork/repository.ts';
import type {
  ArtworkUserError,
  AttachMediaToArtworkInput,
  DetachMediaFromArtworkInput,
  SetPrimaryArtworkMediaInput,
  UpdateGalleryMediaInput,
} from '../generated/graphql.ts';
import type { GalleryMedia } from './gallery-media.ts';
import { givenProblem } from './rules.ts';
import { attach, detach, noSuchUse, setPrimary, update } from './uses.ts';

type Outcome = Decision<Artwork, ArtworkUserError | null> | null;

/** Which files the caller's artworks use, and how. Nothing is locked while the CMS is asked. */
export function createGalleryMediaService({
  artworks,
  media,
}: {
  artworks: ArtworkRepository;
  media: MediaConsumer;
}) {
  return {
    async attach({ storeId }: Caller, input: AttachMediaToArtworkInput) {
      const problem = givenProblem(input);
      if (problem) return rejectedWith(problem);

      const { isPrimary = false, caption, displayOrder } = input;
      const usageId = newId();
      const fresh = {
        id: usageId,
        isPrimary,
        caption: trimText(caption),
        displayOrder: 0,
        isHidden: false,
      };
      const outcome = await attachFile<GalleryMedia, Artwork, ArtworkUserError>(
        { owners: artworks, media },
        {
          storeId,
          ownerId: input.artworkId,
          usageId,
          mediaId: input.mediaId,
          role: null,
          decide: (artwork, mediaId) =>
            attach(artwork, { ...fresh, mediaId }, displayOrder ?? undefined),
        },
      );
      return payload(outcome, ({ id }) => id === usageId);
    },

    async detach({ storeId }: Caller, input: DetachMediaFromArtworkInput) {
      const mediaId = readId(input.mediaId);
      const outcome = await change(storeId, input.artworkId, (artwork) => detach(artwork, mediaId));
      if (!outcome) return rejectedWith(notFound('artwork', ['input', 'artworkId']));
      if (outcome.answer) return rejectedWith(outcome.answer);
      await media.sendNow();
      return { artwork: outcome.entity, userErrors: [] };
    },

    async setPrimary({ storeId }: Caller, input: SetPrimaryArtworkMediaInput) {
      const mediaId = readId(input.mediaId);
      const outcome = await change(storeId, input.artworkId, (artwork) =>
        setPrimary(artwork, mediaId),
      );
      return payload(outcome, ({ isPrimary }) => isPrimary);
    },

    async update({ storeId }: Caller, input: UpdateGalleryMediaInput) {
      const problem = givenProblem(input);
      if (problem) return rejectedWith(problem);
      if (input.displayOrder === null) {
        const message = 'The position cannot be cleared.';
        return rejectedWith(userError('INVALID', message, ['input', 'displayOrder']));
      }
      const id = readId(input.id);
      const [artwork] = id === null ? [] : await artworks.findByUseIds(storeId, [id]);
      if (id === null || !artwork) return rejectedWith(noSuchUse());
      const outcome = await change(storeId, artwork.id, (current) => update(current, id, input));
      return outcome ? payload(outcome, (use) => use.id === id) : rejectedWith(noSuchUse());
    },
  };

  async function change(
    storeId: string,
    artworkId: string,
    decide: (artwork: Artwork) => Decision<Artwork, ArtworkUserError | null>,
  ): Promise<Outcome> {
    const id = readId(artworkId);
    return id === null ? null : artworks.change({ storeId, id }, decide);
  }
}
export type GalleryMediaService = ReturnType<typeof createGalleryMediaService>;

function payload(outcome: Outcome, isMeant: (use: GalleryMedia) => boolean) {
  if (!outcome) return rejectedWith(notFound('artwork', ['input', 'artworkId']));
  const { entity: artwork, answer } = outcome;
  if (answer) return rejectedWith(answer);
  const use = artwork.uses.find(isMeant);
  return { galleryMedia: use ? { ...use, artwork } : null, artwork, userErrors: [] };
}
