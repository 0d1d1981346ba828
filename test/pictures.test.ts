import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Graph, openGraph } from './support/graph.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';
import { createShop } from './support/shop.ts';

let stack: SharedStack;
let graph: Graph;
let product: string;

beforeAll(async () => {
  stack = await openSharedStack();
  graph = await openGraph(stack, 'pictures');
  const shop = createShop(graph);
  const photograph = await sharp({
    create: { width: 1600, height: 1200, channels: 3, background: 'orange' },
  })
    .withExif({ IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  const { mediaFile } = await graph.upload(photograph);
  product = await shop.product();
  expect(await shop.attach(product, mediaFile!.id)).toEqual([]);
});

const Media = z.object({
  width: z.number().optional(),
  height: z.number().optional(),
  url: z.string().nullable().default(null),
  srcSet: z.string().default(''),
  placeholder: z.string().default(''),
});
const Shown = z.object({
  product: z.object({ mediaAssociations: z.array(z.object({ media: Media })) }),
});

/** The fields of the image of the product. */
async function pictureOf(fields: string) {
  const { data, errors } = await graph.ask(
    `query ($id: ID!) { product(id: $id) { mediaAssociations { media { ${fields} } } } }`,
    { id: product },
  );
  const { product: shown } = Shown.parse(data);
  return { media: shown.mediaAssociations[0]!.media, errors };
}

test('a page gets its product and an upright image with a width of 400 in one query', async () => {
  const { media, errors } = await pictureOf(
    'width height url(transform: { width: 400 }) srcSet(widths: [200, 400]) placeholder',
  );
  expect(errors).toBeUndefined();
  expect([media.width, media.height]).toEqual([1200, 1600]);
  expect(media.placeholder.length).toBeLessThan(1_000);
  expect(media.srcSet).toMatch(/^http\S+ 200w, http\S+ 400w$/);

  const response = await fetch(media.url!, { headers: { accept: 'image/avif,image/webp' } });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('image/avif');
  const rendition = await sharp(Buffer.from(await response.arrayBuffer())).metadata();
  expect(rendition).toMatchObject({ width: 400, height: 533 });
  expect(rendition.exif).toBeUndefined();
});

test('an invalid transform is an error at its field, and the rest of the page is returned', async () => {
  const { media, errors } = await pictureOf('width url(transform: { width: 99999 })');
  expect(media).toMatchObject({ width: 1200, url: null });
  expect(errors).toEqual([
    expect.objectContaining({
      path: ['product', 'mediaAssociations', 0, 'media', 'url'],
      extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }),
    }),
  ]);
});

test('a modified URL returns no bytes', async () => {
  const { media } = await pictureOf('url(transform: { width: 400 })');
  const url = media.url!;
  const altered = [
    url.replace('w400', 'w401'),
    url.replace('-auto', '-png'),
    url.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    url.replace('/w400inside-auto', ''),
  ];
  for (const other of altered) expect((await fetch(other)).status, other).toBe(403);
});
