import {
  type Decision,
  newAssociation,
} from '@federated-media/media-consumer/associations/association';
import { attachFile } from '@federated-media/media-consumer/associations/attach';
import type { MediaConsumer } from '@federated-media/media-consumer/media-consumer';
import { notFound, rejectedWith } from '@federated-media/media-consumer/user-error';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import { readId } from '@federated-media/subgraph-kit/ids';
import { normalText } from '@federated-media/subgraph-kit/normal-form';
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
import { attach, detach, findUsage, noSuchUsage, setPrimary, update } from './usages.ts';

type Outcome = Decision<Artwork, ArtworkUserError | null> | null;

/** Usages of files by the caller's artworks. Nothing is locked during a request to the CMS. */
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
      const usage = { ...newAssociation(input.mediaId), isPrimary, caption: normalText(caption) };
      const outcome = await attachFile(
        { owners: artworks, media },
        {
          storeId,
          ownerId: input.artworkId,
          usage,
          role: null,
          same: (artwork) => findUsage(artwork, usage.mediaId),
          decide: (artwork: Artwork) => attach(artwork, usage, displayOrder ?? undefined),
        },
      );
      return payload(outcome, ({ id }) => id === usage.id);
    },

    async detach({ storeId }: Caller, input: DetachMediaFromArtworkInput) {
      const mediaId = readId(input.mediaId);
      const outcome = await artworks.change({ storeId, id: input.artworkId }, (artwork) =>
        detach(artwork, mediaId),
      );
      if (!outcome) return rejectedWith(notFound('artwork', ['input', 'artworkId']));
      if (outcome.answer) return rejectedWith(outcome.answer);
      await media.sendNow();
      return { artwork: outcome.entity, userErrors: [] };
    },

    async setPrimary({ storeId }: Caller, input: SetPrimaryArtworkMediaInput) {
      const mediaId = readId(input.mediaId);
      const outcome = await artworks.change({ storeId, id: input.artworkId }, (artwork) =>
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
      const found = await artworks.findUsage(storeId, input.id);
      if (!found) return rejectedWith(noSuchUsage());
      const { id } = found.usage;
      const outcome = await artworks.change({ storeId, id: found.owner.id }, (current) =>
        update(current, id, input),
      );
      return outcome ? payload(outcome, (usage) => usage.id === id) : rejectedWith(noSuchUsage());
    },
  };
}
export type GalleryMediaService = ReturnType<typeof createGalleryMediaService>;

function payload(outcome: Outcome, isMeant: (usage: GalleryMedia) => boolean) {
  if (!outcome) return rejectedWith(notFound('artwork', ['input', 'artworkId']));
  const { entity: artwork, answer } = outcome;
  if (answer) return rejectedWith(answer);
  const usage = artwork.usages.find(isMeant);
  return { galleryMedia: usage ? { ...usage, artwork } : null, artwork, userErrors: [] };
}
