import { serveTestConsumer } from '@federated-media/media-consumer/testing/serve-consumer';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createArtGallerySubgraph } from '../subgraph.ts';

const FIELDS = `id artistId title year medium createdAt updatedAt primaryMedia { id }
  mediaAssociations { id isPrimary caption displayOrder media { __typename id } artwork { id } }`;
const ERRORS = 'userErrors { code message field }';

export interface Usage {
  readonly id: string;
  readonly isPrimary: boolean;
  readonly caption: string | null;
  readonly displayOrder: number;
  readonly media: { readonly id: string };
}
export interface Artwork {
  readonly id: string;
  readonly title: string;
  readonly year: number | null;
  readonly medium: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly primaryMedia: { readonly id: string } | null;
  readonly mediaAssociations: readonly Usage[];
}
export interface Payload {
  readonly artwork: Artwork | null;
  readonly galleryMedia: Usage | null;
  readonly deletedId: string | null;
  readonly userErrors: readonly { code: string; message: string; field: string[] }[];
}

const RETURNED = {
  createArtwork: `artwork { ${FIELDS} }`,
  deleteArtwork: 'deletedId',
  attachMediaToArtwork: `galleryMedia { id isPrimary caption displayOrder media { id } } artwork { ${FIELDS} }`,
  detachMediaFromArtwork: `artwork { ${FIELDS} }`,
  setPrimaryArtworkMedia: `galleryMedia { id isPrimary displayOrder } artwork { ${FIELDS} }`,
  updateGalleryMedia: `galleryMedia { id isPrimary caption displayOrder } artwork { ${FIELDS} }`,
} as const;
const INPUTS = { deleteArtwork: 'ArtworkId' } as const;

/** The art gallery over HTTP, with an in-memory CMS. */
async function openGallery() {
  const server = await serveTestConsumer({
    name: 'art-gallery',
    scopes: 'gallery:read gallery:write',
    create: createArtGallerySubgraph,
  });

  async function change(
    mutation: keyof typeof RETURNED,
    input: object,
    { storeId = 'store-a' }: { storeId?: string } = {},
  ): Promise<Payload> {
    const type = `${{ ...INPUTS }[mutation as string] ?? mutation[0]!.toUpperCase() + mutation.slice(1)}Input!`;
    const query = `mutation ($input: ${type}) {
      it: ${mutation}(input: $input) { ${RETURNED[mutation]} ${ERRORS} }
    }`;
    return server.read(query, { variables: { input }, storeId });
  }

  return {
    ...server,
    change,

    find: (id: string, storeId = 'store-a'): Promise<Artwork | null> =>
      server.read(`query ($id: ID!) { it: artwork(id: $id) { ${FIELDS} } }`, {
        variables: { id },
        storeId,
      }),

    async newArtwork(storeId = 'store-a'): Promise<string> {
      const { artwork } = await change('createArtwork', { title: 'A work' }, { storeId });
      return artwork!.id;
    },

    /** Attaches `count` new images, the first one as the primary one. */
    async attachNew(artworkId: string, count: number, storeId = 'store-a') {
      const made: { usageId: string; mediaId: string }[] = [];
      for (let index = 0; index < count; index += 1) {
        const mediaId = server.cms.add({}, storeId);
        const input = { artworkId, mediaId, isPrimary: index === 0 };
        const { galleryMedia } = await change('attachMediaToArtwork', input, { storeId });
        made.push({ usageId: galleryMedia!.id, mediaId });
      }
      return made;
    },
  };
}
export type TestGallery = Awaited<ReturnType<typeof openGallery>>;

/** One per test file: `onOpen` receives it before the first test. Before each test the CMS is up. */
export function useTestGallery(onOpen: (gallery: TestGallery) => void) {
  let gallery: TestGallery;
  beforeAll(async () => {
    gallery = await openGallery();
    onOpen(gallery);
  });
  beforeEach(() => {
    Object.assign(gallery.cms.state, { isDown: false, whileClaiming: null });
  });
  afterAll(() => gallery.close());
}

/** An artwork's usages as they are listed: `0 <media id>`, the primary one with a star. */
export const usagesOf = (artwork: Artwork | null): string[] =>
  (artwork?.mediaAssociations ?? []).map(
    ({ displayOrder, media, isPrimary }) => `${displayOrder} ${media.id}${isPrimary ? ' *' : ''}`,
  );
