import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '@federated-media/stack/project';
import { Kind, parse } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGateway } from './support/gateway.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { z } from 'zod';
import { openSharedStack } from './support/shared-stack.ts';

const Answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.unknown()).optional(),
});
const Payload = z.looseObject({ userErrors: z.array(z.object({ code: z.string() })) });

const folder = join(projectRoot, 'operations');

/** Its gateway runs only recorded operations. */
let gateway: Awaited<ReturnType<typeof openGateway>>;
let graph: Graph;
/** The document of each operation. */
let documents: Map<string, string>;
const sent = new Set<string>();

beforeAll(async () => {
  const stack = await openSharedStack();
  gateway = await openGateway(stack, { env: { TRUSTED_DOCUMENTS: folder } });
  graph = await openGraph({ ...stack, gatewayUrl: gateway.url }, 'operations');
  documents = await readDocuments();
});
afterAll(() => gateway.close());

// The tests depend on their order.

let mediaId: string;
let productId: string;

test('files are uploaded alone, together, in the background, or from a URL', async () => {
  const details = { altText: 'A lamp', folder: 'lamps' };
  const uploaded = await upload('UploadMedia', { file: null, details }, 'variables.file');
  expect(uploaded).toMatchObject({ uploadMedia: { mediaFile: { mimeType: 'image/jpeg' } } });
  mediaId = textAt(uploaded, 'uploadMedia.mediaFile.id');
  await upload('UploadMediaFiles', { input: [{ file: null }] }, 'variables.input.0.file');

  const bytes = await plainJpeg(20);
  const wanted = { filename: 'a.jpg', mimeType: 'image/jpeg', fileSize: bytes.length };
  const staged = await send('CreateStagedUploads', { input: [wanted] });
  const url = textAt(staged, 'createStagedUploads.0.stagedUpload.url');
  const headers = { 'content-type': 'image/jpeg' };
  const put = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(bytes) });
  expect(put.ok).toBe(true);
  const id = textAt(staged, 'createStagedUploads.0.stagedUpload.id');
  expect(await send('CompleteStagedUpload', { input: { id } })).toMatchObject({
    completeStagedUpload: { mediaFile: { originalFilename: 'a.jpg' } },
  });
  const privateUrl = 'http://127.0.0.1:9/a.jpg';
  await send('ImportMedia', { url: privateUrl }, ['SOURCE_FORBIDDEN']);
});

test('the library shows files and changes them', async () => {
  const variables = { first: 10, filter: { folder: 'lamps' } };
  expect(await send('MediaLibrary', variables)).toMatchObject({
    mediaLibrary: { nodes: [{ id: mediaId, altText: 'A lamp' }] },
  });
  expect(await send('MediaFolders')).toMatchObject({
    mediaFolders: expect.arrayContaining([expect.objectContaining({ path: 'lamps' })]),
    mediaQuota: { fileCount: 3 },
  });
  expect(await send('EditMedia', { id: mediaId })).toMatchObject({ mediaFile: { version: 1 } });
  const input = { id: mediaId, version: 1, details: { tags: ['lamp'] } };
  expect(await send('UpdateMedia', { input })).toMatchObject({
    updateMedia: { mediaFile: { tags: ['lamp'] } },
  });
  await send('UpdateMediaFiles', { input: { ids: [mediaId], addTags: ['light'] } });
  await upload('ReplaceMediaContent', { id: mediaId, file: null }, 'variables.file');
});

test('products are created, edited and returned', async () => {
  const made = await send('CreateProduct', { input: { sku: 'LAMP', name: 'A lamp' } });
  productId = textAt(made, 'createProduct.product.id');
  await send('UpdateProduct', { input: { id: productId, description: 'Bright.' } });
  await send('SetProductMainImage', { productId, mediaId });
  const attached = await send('AttachMediaToProduct', { input: { productId, mediaId } });
  const items = [{ mediaId, usageType: 'SWATCH' }];
  await send('AttachMediaFilesToProduct', { input: { productId, items } });
  const id = textAt(attached, 'attachMediaToProduct.productMedia.id');
  await send('ReorderProductMedia', { input: { productId, moves: [{ id, newPosition: 0 }] } });

  const picture = { media: { id: mediaId, altText: 'A lamp' } };
  expect(await send('EditProduct', { id: productId })).toMatchObject({
    product: { mediaAssociations: [picture, picture, picture] },
  });
  expect(await send('ProductPage', { sku: 'LAMP', locale: 'fr' })).toMatchObject({
    product: { mainImage: picture, gallery: [picture], swatches: [picture] },
  });
  expect(await send('ProductList')).toMatchObject({ products: { nodes: [{ id: productId }] } });
});

test('artworks and posts return files', async () => {
  const picture = { media: { id: mediaId } };

  const hung = await send('CreateArtwork', { input: { title: 'Light' } });
  const artworkId = textAt(hung, 'createArtwork.artwork.id');
  await send('HangPicture', { input: { artworkId, mediaId, isPrimary: true } });
  expect(await send('ArtworkPage', { id: artworkId })).toMatchObject({
    artwork: { mediaAssociations: [picture] },
  });
  expect(await send('GalleryWall')).toMatchObject({
    artworks: { nodes: [{ primaryMedia: picture }] },
  });

  const written = { title: 'On light', slug: 'on-light', body: 'Once.' };
  const postId = textAt(await send('CreatePost', { input: written }), 'createPost.post.id');
  await send('IllustratePost', { input: { postId, mediaId, role: 'COVER' } });
  expect(await send('BlogPostPage', { slug: 'on-light' })).toMatchObject({
    post: { cover: picture },
  });
  expect(await send('BlogFrontPage')).toMatchObject({ posts: { nodes: [{ cover: picture }] } });
});

test('everything that was created is deleted', async () => {
  await send('DeleteMedia', { id: mediaId }, ['MEDIA_IN_USE']);
  await send('DeleteMedia', { id: mediaId, force: true });
  expect(await send('RestoreMedia', { id: mediaId })).toMatchObject({
    restoreMedia: { mediaFile: { trashedAt: null } },
  });
  await send('DetachMediaFromProduct', { input: { productId, mediaId } });
  expect(await send('DeleteProduct', { id: productId })).toMatchObject({
    deleteProduct: { deletedId: productId },
  });
});

test('rejects operations that are not recorded', async () => {
  const { data, errors } = await graph.ask('query Other { mediaQuota { usedBytes } }');
  expect(data).toBeUndefined();
  expect(errors).toMatchObject([{ extensions: { code: 'OPERATION_NOT_TRUSTED' } }]);
});

test('every recorded operation was sent', () => {
  expect([...sent].toSorted()).toEqual([...documents.keys()].toSorted());
});

async function readDocuments(): Promise<Map<string, string>> {
  const names = (await readdir(folder, { recursive: true })).filter((name) =>
    name.endsWith('.graphql'),
  );
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return new Map(
    texts.flatMap((text) =>
      parse(text).definitions.flatMap((node) =>
        node.kind === Kind.OPERATION_DEFINITION ? [[node.name!.value, text] as const] : [],
      ),
    ),
  );
}

/** Returns the data. The user errors are exactly `codes`. */
async function send(operationName: string, variables: object = {}, codes: string[] = []) {
  const body = JSON.stringify(requestOf(operationName, variables));
  return post(body, { 'content-type': 'application/json' }, codes);
}

/** Sends an image in the position `path`. */
async function upload(operationName: string, variables: object, path: string) {
  const form = new FormData();
  form.set('operations', JSON.stringify(requestOf(operationName, variables)));
  form.set('map', JSON.stringify({ 0: [path] }));
  const bytes = await plainJpeg(sent.size);
  form.set('0', new File([new Uint8Array(bytes)], 'photo.jpg', { type: 'image/jpeg' }));
  return post(form, {}, []);
}

function requestOf(operationName: string, variables: object) {
  sent.add(operationName);
  return { query: documents.get(operationName), operationName, variables };
}

async function post(body: string | FormData, headers: Record<string, string>, codes: string[]) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { ...graph.headers, ...headers },
    body,
  });
  const { data, errors } = Answer.parse(await response.json());
  expect(errors).toBeUndefined();
  const payloads = Object.values(data ?? {}).flat();
  const refused = payloads.flatMap((payload) => Payload.safeParse(payload).data?.userErrors ?? []);
  expect(refused.map(({ code }) => code)).toEqual(codes);
  return data;
}

/** Reads `createProduct.product.id` in a response. */
function textAt(data: unknown, path: string): string {
  const found = path
    .split('.')
    .reduce((value, key) => (value as Record<string, unknown>)[key], data);
  return z.string().parse(found);
}
