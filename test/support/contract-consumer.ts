import type { AssociationConsumer } from '@federated-media/media-consumer/testing/media-association-contract';
import { z } from 'zod';
import type { Graph } from './graph.ts';

const Payload = z.object({
  done: z.object({ userErrors: z.array(z.object({ code: z.string() })) }),
});
const Created = z.object({ made: z.object({ entity: z.object({ id: z.string() }) }) });
const Shown = z.object({
  entity: z
    .object({
      mediaAssociations: z.array(
        z.object({ displayOrder: z.number(), media: z.object({ id: z.string() }) }),
      ),
    })
    .nullable(),
});

/** The operations of a consumer: its mutations without their selections, and its query of one entity. */
export interface Words {
  /** Its name in the CMS's ledger. */
  readonly name: string;
  /** The field of a mutation and of the query that returns the entity. */
  readonly entity: string;
  readonly create: string;
  attach(entityId: string, mediaId: string): string;
  detach(entityId: string, mediaId: string): string;
  delete(entityId: string): string;
  /** How people see its entities in the CMS. */
  readonly shown?: {
    readonly entityType: string;
    rename(entityId: string, name: string): string;
    editUrl(entityId: string): string | null;
  };
}

/** A consumer in the form that the contract of associations uses, through the graph. */
export function contractConsumer(
  graphOf: (storeId: string) => Promise<Graph>,
  words: Words,
): AssociationConsumer {
  const ask = async (storeId: string, query: string) =>
    (await (await graphOf(storeId)).ask(query)).data;
  const change = async (storeId: string, mutation: string) => {
    const data = await ask(storeId, `mutation { done: ${mutation} { userErrors { code } } }`);
    return Payload.parse(data).done.userErrors.map(({ code }) => code);
  };
  return {
    name: words.name,
    async create(storeId) {
      const query = `mutation { made: ${words.create} { entity: ${words.entity} { id } } }`;
      return Created.parse(await ask(storeId, query)).made.entity.id;
    },
    attach: (storeId, ...ids) => change(storeId, words.attach(...ids)),
    detach: (storeId, ...ids) => change(storeId, words.detach(...ids)),
    delete: (storeId, id) => change(storeId, words.delete(id)),
    ...(words.shown && {
      shown: {
        ...words.shown,
        rename: (storeId, id, name) => change(storeId, words.shown?.rename(id, name) ?? ''),
      },
    }),
    async list(storeId, id) {
      const uses = 'mediaAssociations { displayOrder media { id } }';
      const query = `{ entity: ${words.entity}(id: "${id}") { ${uses} } }`;
      const { entity } = Shown.parse(await ask(storeId, query));
      return (entity?.mediaAssociations ?? []).map(({ displayOrder, media }) => ({
        displayOrder,
        mediaId: media.id,
      }));
    },
  };
}

/** Where entities are edited: settings of a stack. The art gallery has none. */
export const EDIT_URLS = {
  CATALOG_EDIT_URL: 'https://admin.example/products/{id}',
  BLOG_EDIT_URL: 'https://admin.example/posts/{id}',
};

export const artworks: Words = {
  name: 'art-gallery',
  entity: 'artwork',
  create: 'createArtwork(input: { title: "A work" })',
  attach: (artworkId, mediaId) =>
    `attachMediaToArtwork(input: { artworkId: "${artworkId}", mediaId: "${mediaId}" })`,
  detach: (artworkId, mediaId) =>
    `detachMediaFromArtwork(input: { artworkId: "${artworkId}", mediaId: "${mediaId}" })`,
  delete: (id) => `deleteArtwork(input: { id: "${id}" })`,
};

export const posts: Words = {
  name: 'blog',
  entity: 'post',
  create: 'createPost(input: { title: "A post", body: "Words" })',
  attach: (postId, mediaId) =>
    `attachMediaToPost(input: { postId: "${postId}", mediaId: "${mediaId}" })`,
  detach: (postId, mediaId) =>
    `detachMediaFromPost(input: { postId: "${postId}", mediaId: "${mediaId}" })`,
  delete: (id) => `deletePost(input: { id: "${id}" })`,
  shown: {
    entityType: 'Post',
    rename: (id, title) => `updatePost(input: { id: "${id}", title: "${title}" })`,
    editUrl: (id) => `https://admin.example/posts/${id}`,
  },
};
