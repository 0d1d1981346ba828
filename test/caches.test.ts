import { mintClientToken } from '@federated-media/stack/client-token';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Endpoint, openEndpoint } from './support/endpoint.ts';
import { openFeedBlocker } from './support/feed-blocker.ts';
import { openGateway } from './support/gateway.ts';
import { everyScope } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';

/** Changes are made at the gateway of the stack; the others are notified by the feed only. */
let stack: SharedStack;
let editor: Endpoint;
let one: Gateway;
let two: Gateway;
const gateways: Gateway[] = [];

interface Gateway extends Pick<Endpoint, 'ask'> {
  readonly url: string;
  close(): Promise<void>;
}
type Options = Parameters<typeof openGateway>[1];

async function open(through: SharedStack, options: Options = {}): Promise<Gateway> {
  const { url, close } = await openGateway(through, options);
  const { ask } = await openEndpoint({ ...stack, gatewayUrl: url }, 'gateway');
  const gateway = { url, ask, close };
  gateways.push(gateway);
  return gateway;
}

beforeAll(async () => {
  stack = await openSharedStack();
  [editor, one, two] = await Promise.all([
    openEndpoint(stack, 'gateway'),
    open(stack),
    open(stack, { env: { RESPONSE_CACHE_BYTES: '1 MB' } }),
  ]);
});
afterAll(() => Promise.all(gateways.map((gateway) => gateway.close())));

const bearerOf = async (storeId: string) => ({ storeId, scope: await everyScope });
let stores = 0;

/** A product with one image, in a separate store. */
async function newProduct(details: object = {}) {
  stores += 1;
  const bearer = await bearerOf(`caches-${stores}`);
  const change = async (field: string, type: string, input: object, selection = '') => {
    const query = `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} userErrors { code message } } }`;
    const { data, errors } = await editor.ask(bearer, { query, variables: { input } });
    const payload = Payload.parse(data?.[field] ?? errors);
    expect(payload.userErrors).toEqual([]);
    return payload;
  };
  const image = async (hue: number) =>
    new File([new Uint8Array(await plainJpeg(hue))], 'photo.jpg', { type: 'image/jpeg' });
  const uploaded = await change(
    'uploadMedia',
    'UploadMediaInput',
    { file: await image(1), details },
    'mediaFile { id }',
  );
  const created = await change(
    'createProduct',
    'CreateProductInput',
    { sku: 'A', name: 'A chair' },
    'product { id }',
  );
  const mediaId = uploaded.mediaFile?.id ?? '';
  const productId = created.product?.id ?? '';
  await change('attachMediaToProduct', 'AttachMediaToProductInput', { productId, mediaId });
  return {
    bearer,
    mediaId,
    async read({ ask }: Pick<Gateway, 'ask'>, fields = FIELDS, as = bearer) {
      const query = `query ($id: ID!) { product(id: $id) { mediaAssociations { media { ${fields} } } } }`;
      const { data, errors } = await ask(as, { query, variables: { id: productId } });
      return JSON.stringify({ data, errors });
    },
    update: (given: object) =>
      change('updateMedia', 'UpdateMediaInput', { id: mediaId, details: given }),
    replace: async () =>
      change('replaceMediaContent', 'ReplaceMediaContentInput', {
        id: mediaId,
        file: await image(200),
      }),
    trash: () => change('deleteMedia', 'DeleteMediaInput', { id: mediaId, force: true }),
    restore: () => change('restoreMedia', 'MediaIdInput', { id: mediaId }),
    purge: () => change('purgeMedia', 'MediaIdInput', { id: mediaId }),
  };
}
type Product = Awaited<ReturnType<typeof newProduct>>;

const FIELDS = 'id altText title visibility url srcSet version focalPoint { x y }';
const Entity = z.object({ id: z.string() });
const Payload = z.object({
  mediaFile: Entity.nullish(),
  product: Entity.nullish(),
  userErrors: z.array(z.unknown()),
});

/** How many entities were served from the cache. */
async function hitsOf({ url }: Gateway): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^entity_cache_requests_total\{outcome="hit"\} (\d+)/m.exec(text)?.[1] ?? 0);
}

/** Reads until an entity is served from the cache of the gateway. */
async function fill(product: Product, gateway: Gateway): Promise<string> {
  const before = await hitsOf(gateway);
  let shown = '';
  await expect
    .poll(async () => {
      shown = await product.read(gateway);
      return hitsOf(gateway);
    })
    .toBeGreaterThan(before);
  return shown;
}

const changes: readonly [string, (product: Product) => Promise<unknown>][] = [
  ['a text', ({ update }) => update({ altText: 'A chair, from the front' })],
  ['a title', ({ update }) => update({ title: 'The chair' })],
  ['the focal point', ({ update }) => update({ focalPoint: { x: 0.1, y: 0.9 } })],
  ['the bytes', ({ replace }) => replace()],
  ['the visibility', ({ update }) => update({ visibility: 'PRIVATE' })],
  ['and back', ({ update }) => update({ visibility: 'PUBLIC' })],
  ['the trash', ({ trash }) => trash()],
  ['a restored file', ({ restore }) => restore()],
];

test('each change of a file reaches every gateway', async () => {
  const product = await newProduct({ altText: 'A chair' });
  for (const [name, change] of changes) {
    // PRIVATE files and those in the trash are not cached.
    const isCached = !['and back', 'a restored file'].includes(name);
    const before = await Promise.all(
      [one, two].map((gateway) => (isCached ? fill(product, gateway) : product.read(gateway))),
    );
    await change(product);
    const expected = await settled(product, before);
    for (const gateway of [one, two]) {
      await expect
        .poll(() => product.read(gateway), { timeout: 10_000, interval: 20, message: name })
        .toBe(expected);
    }
  }
  await Promise.all([fill(product, one), fill(product, two)]);
  await product.trash();
  await product.purge();
  for (const gateway of [one, two]) {
    await expect
      .poll(() => product.read(gateway), { timeout: 10_000, interval: 20 })
      .not.toContain(product.mediaId);
  }
});

/** What the gateway of the change shows, after the consumer has hidden or shown the file too. */
async function settled(product: Product, outdated: readonly string[]): Promise<string> {
  let last = '';
  await expect
    .poll(
      async () => {
        const before = last;
        last = await product.read(editor);
        return before === last && !outdated.includes(last);
      },
      { interval: 150 },
    )
    .toBe(true);
  return last;
}

test('a caller sees what it has written, at once', async () => {
  const product = await newProduct({ altText: 'text 0' });
  await product.read(editor);
  for (let number = 1; number <= 20; number += 1) {
    await product.update({ altText: `text ${number}` });
    expect(await product.read(editor)).toContain(`text ${number}"`);
  }
});

test('PRIVATE files and usage counts are never cached', async () => {
  const hidden = await newProduct({ visibility: 'PRIVATE' });
  const counted = await newProduct();
  await fill(counted, one);
  const hits = await hitsOf(one);
  for (let time = 0; time < 3; time += 1) {
    await hidden.read(one);
    await hidden.read(one, 'url');
    await hidden.read(one, 'altText');
    await counted.read(one, 'usageCount');
  }
  expect(await hitsOf(one)).toBe(hits);
});

test('callers of other stores, or with other scopes, never see an entry', async () => {
  const product = await newProduct({ altText: 'ours' });
  await fill(product, one);
  const query = `query ($id: ID!) { mediaFile(id: $id) { ${FIELDS} } }`;
  const variables = { id: product.mediaId };
  const theirs = await one.ask(await bearerOf('caches-others'), { query, variables });
  expect(theirs.data).toEqual({ mediaFile: null });

  const hits = await hitsOf(one);
  const scope = product.bearer.scope.replace('media:admin', '');
  const narrow = await product.read(one, FIELDS, { ...product.bearer, scope });
  expect(narrow).toBe(await product.read(one));
  expect(await hitsOf(one)).toBe(hits + 1);
});

test('without the feed, nothing older than five seconds is served', async () => {
  const blocker = await openFeedBlocker(stack.urls['cms'] ?? '');
  const urls = { ...stack.urls, cms: blocker.url };
  const gateway = await open({ ...stack, urls });
  const product = await newProduct({ altText: 'before' });
  await fill(product, gateway);
  blocker.isBlocking = true;
  await product.update({ altText: 'after' });
  await expect
    .poll(() => product.read(gateway), { timeout: 5_000, interval: 50 })
    .toContain('after');
  // Not served at all, until the feed is back.
  const hits = await hitsOf(gateway);
  await expect.poll(() => blocker.blocked).toBeGreaterThan(2);
  await new Promise((resolve) => setTimeout(resolve, 3_500));
  await product.read(gateway);
  await product.read(gateway);
  const silentHits = (await hitsOf(gateway)) - hits;
  expect(silentHits).toBe(0);
  blocker.isBlocking = false;
  await fill(product, gateway);
  await blocker.close();
});

test('whole responses have a tag, and end within a second', async () => {
  const product = await newProduct({ altText: 'before' });
  const query = `{ mediaFile(id: "${product.mediaId}") { altText } }`;
  const url = `${two.url}/graphql?query=${encodeURIComponent(query)}`;
  const token = await mintClientToken(
    { ...product.bearer, subject: 'reader', lifeSeconds: 60 },
    { env: {}, dataDir: stack.dataDir },
  );
  const get = (headers = {}) =>
    fetch(url, {
      headers: { authorization: `Bearer ${token}`, 'apollo-require-preflight': 'x', ...headers },
    });
  const first = await get();
  const tag = first.headers.get('etag') ?? '';
  expect(tag).not.toBe('');
  expect(first.headers.get('vary')).toContain('authorization, accept');
  const again = await get({ 'if-none-match': tag });
  expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
  expect(again.headers.get('cache-control')).toMatch(/^max-age=[1-5], private$/);

  await product.update({ altText: 'after' });
  await expect
    .poll(async () => (await get({ 'if-none-match': tag })).status, { timeout: 2_000 })
    .toBe(200);
  expect(await (await get()).text()).toContain('after');

  await product.update({ visibility: 'PRIVATE' });
  await expect.poll(async () => (await get()).headers.get('etag')).toBeNull();
});
