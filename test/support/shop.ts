import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Graph } from './graph.ts';

const Payload = z.looseObject({ userErrors: z.array(z.object({ code: z.string() })) });
const Entity = z.object({ id: z.string() });
const Uses = z.object({ mediaAssociations: z.array(z.object({ media: Entity.nullable() })) });

const Picture = z.object({ media: z.object({ url: z.string().nullable() }).nullable() });
const Products = z.object({
  nodes: z.array(z.object({ mediaAssociations: z.array(Picture) })),
});

/** Operations of tests of several subgraphs, one line each. Mutations return the codes of their errors. */
export function createShop(graph: Graph) {
  async function mutate(field: string, input: object, selection = '') {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const query = `mutation ($input: ${INPUT_TYPES[field] ?? type}!) {
      ${field}(input: $input) { ${selection} userErrors { code } }
    }`;
    const { data, errors } = await graph.ask(query, { input });
    return Payload.parse(data?.[field] ?? errors);
  }
  const codes = async (field: string, input: object) =>
    (await mutate(field, input)).userErrors.map(({ code }) => code);

  async function shown(field: string, id: string): Promise<(string | null)[]> {
    const query = `query ($id: ID!) { ${field}(id: $id) { mediaAssociations { media { id url } } } }`;
    const { data } = await graph.ask(query, { id });
    return Uses.parse(data?.[field]).mediaAssociations.map(({ media }) => media?.id ?? null);
  }

  return {
    async product(): Promise<string> {
      const input = { sku: randomUUID(), name: 'A chair' };
      const { product } = await mutate('createProduct', input, 'product { id }');
      return Entity.parse(product).id;
    },
    async artwork(): Promise<string> {
      const { artwork } = await mutate('createArtwork', { title: 'A painting' }, 'artwork { id }');
      return Entity.parse(artwork).id;
    },
    async post(): Promise<string> {
      const { post } = await mutate(
        'createPost',
        { title: 'A story', body: 'Once.' },
        'post { id }',
      );
      return Entity.parse(post).id;
    },
    rename: (id: string, name: string) => codes('updateProduct', { id, name }),
    attach: (productId: string, mediaId: string) =>
      codes('attachMediaToProduct', { productId, mediaId }),
    makeMain: (productId: string, mediaId: string) =>
      codes('setProductMainImage', { productId, mediaId }),
    detach: (productId: string, mediaId: string) =>
      codes('detachMediaFromProduct', { productId, mediaId }),
    hang: (artworkId: string, mediaId: string) =>
      codes('attachMediaToArtwork', { artworkId, mediaId }),
    illustrate: (postId: string, mediaId: string) =>
      codes('attachMediaToPost', { postId, mediaId }),
    trash: (id: string, { force = false } = {}) => codes('deleteMedia', { id, force }),
    restore: (id: string) => codes('restoreMedia', { id }),
    purge: (id: string) => codes('purgeMedia', { id }),
    /** The returned files in order; null for a file when the CMS is not available. */
    onProduct: (id: string) => shown('product', id),
    onArtwork: (id: string) => shown('artwork', id),
    inPost: (id: string) => shown('post', id),
    /** The URLs of all images of products; null for a broken one. */
    async pictures(): Promise<(string | null)[]> {
      const query = '{ products(first: 100) { nodes { mediaAssociations { media { url } } } } }';
      const { data } = await graph.ask(query);
      return Products.parse(data?.['products']).nodes.flatMap(({ mediaAssociations }) =>
        mediaAssociations.map(({ media }) => media?.url ?? null),
      );
    },
    /** Undefined when the file does not exist. */
    async usageCount(id: string): Promise<number | undefined> {
      const query = 'query ($id: ID!) { mediaFile(id: $id) { usageCount } }';
      const { data } = await graph.ask(query, { id });
      const File = z.object({ usageCount: z.number() }).nullish();
      return File.parse(data?.['mediaFile'])?.usageCount;
    },
  };
}
export type Shop = ReturnType<typeof createShop>;

/** Fields whose name differs from that of the mutation. */
const INPUT_TYPES: Readonly<Record<string, string>> = {
  restoreMedia: 'MediaIdInput',
  purgeMedia: 'MediaIdInput',
};
