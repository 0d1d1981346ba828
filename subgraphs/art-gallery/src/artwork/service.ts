import { listOwners } from '@federated-media/media-consumer/associations/list';
import type { MediaConsumer } from '@federated-media/media-consumer/media-consumer';
import { notFound, rejectedWith } from '@federated-media/media-consumer/user-error';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import { newId, readId } from '@federated-media/subgraph-kit/ids';
import { normalLine, normalText } from '@federated-media/subgraph-kit/normal-form';
import type { PageRequest } from '@federated-media/subgraph-kit/pagination';
import type { ArtworkIdInput, CreateArtworkInput } from '../generated/graphql.ts';
import type { Artwork } from './artwork.ts';
import { fieldProblem } from './fields.ts';
import type { ArtworkRepository } from './repository.ts';

/** Artworks of the caller, who is an artist, and their own fields. */
export function createArtworkService({
  artworks,
  media,
}: {
  artworks: ArtworkRepository;
  media: MediaConsumer;
}) {
  return {
    find: ({ storeId }: Caller, id: string): Promise<Artwork | null> => artworks.find(storeId, id),

    /** @throws BAD_USER_INPUT for an invalid cursor */
    list: ({ storeId }: Caller, request: PageRequest) => listOwners(artworks, { storeId, request }),

    async create({ storeId }: Caller, input: CreateArtworkInput) {
      const problem = fieldProblem(input);
      if (problem) return rejectedWith(problem);

      const artwork = await artworks.insert({
        id: newId(),
        storeId,
        title: normalLine(input.title),
        year: input.year ?? null,
        medium: normalText(input.medium),
      });
      return { artwork, userErrors: [] };
    },

    async delete({ storeId }: Caller, input: ArtworkIdInput) {
      const id = readId(input.id);
      if (id === null || !(await artworks.delete(storeId, id))) {
        return rejectedWith(notFound('artwork', ['input', 'id']));
      }
      await media.sendNow();
      return { deletedId: id, userErrors: [] };
    },
  };
}
export type ArtworkService = ReturnType<typeof createArtworkService>;
