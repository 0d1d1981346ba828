import type { Browser, Locator, Page, Route } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noBrowser, openChromium } from './support/chromium.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { serveStorefront } from './support/serve-storefront.ts';
import { openSharedStack } from './support/shared-stack.ts';
import { z } from 'zod';

/** The example shop, built for a real gateway on another port, as its visitors see it. */
let browser: Browser | undefined;
let shop: Awaited<ReturnType<typeof serveStorefront>>;
let page: Page;
let complaints: string[];

/** The newest one has no image. The one before has all images. */
const PRODUCTS = 12;
const WITH_DETAILS = PRODUCTS - 1;
const FIRST_PAGE = 9;
const PAGES = ['/', '/products/P11', '/gallery', '/journal', '/journal/a-story'] as const;

beforeAll(async () => {
  if (noBrowser) return;
  const stack = await openSharedStack();
  const graph = await openGraph(stack, 'storefront');
  await fillStore(graph);
  const token = graph.headers.authorization.replace('Bearer ', '');
  shop = await serveStorefront({ graphUrl: `${stack.gatewayUrl}/graphql`, token });
  browser = await openChromium();
});
afterAll(async () => {
  if (noBrowser) return;
  await browser?.close();
  await shop.close();
});
beforeEach(async ({ skip }) => {
  if (noBrowser) skip(noBrowser);
  complaints = [];
  page = await browser!.newPage({ viewport: { width: 1_400, height: 900 } });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  await page.addInitScript(OBSERVE);
});
afterEach(async () => {
  if (noBrowser) return;
  await page.close();
  expect(complaints).toEqual([]);
});

/** Layout shifts that count (https://web.dev/cls), and the largest image or text so far (https://web.dev/lcp). */
const OBSERVE = `
  globalThis.shifts = [];
  globalThis.largest = null;
  globalThis.areaOf = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return Math.round(width * height);
  };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifts.push(entry.value);
  }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => {
    const { element } = list.getEntries().at(-1);
    largest = element && { tag: element.tagName, area: areaOf(element) };
  }).observe({ type: 'largest-contentful-paint', buffered: true });
`;

const open = (path: string) => page.goto(new URL(path, shop.url).href);

/** Slower than on this machine, so that a page is seen while it loads. */
async function slowDown(ms: number): Promise<void> {
  await page.route(/\/graphql$|\/media\//, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await route.continue();
  });
}

const Image = z.object({
  /** By `sizes`: the width for which the browser chose a candidate. */
  naturalWidth: z.number(),
  shownWidth: z.number(),
  chosen: z.number(),
  candidates: z.array(z.number()),
});

const IMAGES = 'main img[srcset]';

/** The value of an expression about an image of the page. */
const ofImage = (index: number, expression: string): Promise<unknown> =>
  page.evaluate(`((image) => ${expression})(document.querySelectorAll('${IMAGES}')[${index}])`);

/** Scrolls to each image with candidates, waits until it has loaded, and returns what the browser chose. */
async function loadedImages() {
  const images = page.locator(IMAGES);
  await images.first().waitFor({ state: 'attached' });
  const found: z.output<typeof Image>[] = [];
  for (let index = 0; index < (await images.count()); index += 1) {
    await images.nth(index).scrollIntoViewIfNeeded();
    await expect.poll(() => ofImage(index, 'image.complete && image.naturalWidth > 0')).toBe(true);
    found.push(Image.parse(await ofImage(index, CHOICE)));
  }
  return found;
}

const CHOICE = `{
  const candidates = image.srcset.split(', ').map((one) => one.split(' '));
  const [, width] = candidates.find(([url]) => url === image.currentSrc);
  return {
    naturalWidth: image.naturalWidth,
    shownWidth: image.getBoundingClientRect().width,
    chosen: parseInt(width),
    candidates: candidates.map(([, width]) => parseInt(width)),
  };
}`;

const evaluated = async (expression: string): Promise<unknown> => page.evaluate(expression);

test.each(PAGES.flatMap((path) => [390, 1_400].map((width) => [path, width] as const)))(
  'nothing moves while %s loads, %i pixels wide',
  async (path, width) => {
    await page.setViewportSize({ width, height: 800 });
    await slowDown(400);
    await open(path);
    expect((await loadedImages()).length).toBeGreaterThan(0);
    expect(await evaluated('shifts.reduce((sum, one) => sum + one, 0)')).toBeLessThan(0.01);
  },
);

test.each(PAGES)('the largest image of %s is requested first, with high priority', async (path) => {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const requests: { url: string; priority: string }[] = [];
  session.on('Network.requestWillBeSent', ({ request, type }) => {
    if (type === 'Image') requests.push({ url: request.url, priority: request.initialPriority });
  });
  await open(path);
  // The browser stops to look for the largest image when the page is scrolled.
  await expect.poll(() => evaluated('largest')).toMatchObject({ tag: 'IMG' });
  await loadedImages();
  const first = requests.find(({ url }) => url.includes('/media/'))!;
  expect(first.priority).toBe('High');
  // Of images of the same size, the largest is the one that is painted first.
  const area = `areaOf([...document.images].find((image) => image.currentSrc === '${first.url}'))`;
  expect(await evaluated('largest')).toEqual({ tag: 'IMG', area: await evaluated(area) });
  const others = requests.filter(({ url }) => url.includes('/media/') && url !== first.url);
  expect(others.filter(({ priority }) => priority === 'High')).toEqual([]);
});

// Each in a new browser context: from its cache, a browser prefers a larger candidate.
test.each([390, 820, 1_400].flatMap((width) => PAGES.map((path) => [width, path] as const)))(
  'in a window of %i pixels each image of %s is loaded in the size that it needs',
  async (width, path) => {
    await page.setViewportSize({ width, height: 900 });
    await open(path);
    for (const { naturalWidth, shownWidth, chosen, candidates } of await loadedImages()) {
      expect(Math.abs(naturalWidth - shownWidth), 'difference to sizes').toBeLessThan(10);
      const sufficient = candidates.filter((candidate) => candidate >= shownWidth - 10);
      const expected = sufficient.length > 0 ? Math.min(...sufficient) : Math.max(...candidates);
      expect(chosen, `for ${shownWidth} px`).toBe(expected);
    }
  },
);

test('a blurred image is seen until the image has loaded', async () => {
  const { promise, resolve: release } = Promise.withResolvers<void>();
  await page.route('**/media/**', async (route) => {
    await promise;
    await route.continue();
  });
  await open('/products/P11');
  const image = page.locator('main img').first();
  await image.waitFor();
  const { channels } = await sharp(await image.screenshot()).stats();
  // The image is red on the left and blue on the right.
  const [red, green, blue] = channels;
  expect([red!.stdev > 30, blue!.stdev > 30, green!.mean < 120]).toEqual([true, true, true]);
  release();
  await expect.poll(() => ofImage(0, 'getComputedStyle(image).backgroundImage')).toBe('none');
});

test('a crop shows the focal point', async () => {
  await open('/products/P11');
  await loadedImages();
  const detail = await page.locator('.details img').first().screenshot();
  // The right part of the image is blue, the focal point is at the left edge.
  const { channels } = await sharp(detail).stats();
  const [red, , blue] = channels;
  expect([red!.mean > 180, blue!.mean < 90]).toEqual([true, true]);
});

test('further pages join the list, and it is still there after a visit to a product', async () => {
  await open('/');
  const products = page.getByRole('main').getByRole('link');
  await expect.poll(() => products.count()).toBe(FIRST_PAGE);
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect.poll(() => products.count()).toBe(PRODUCTS);
  await products.last().click();
  await page.getByRole('heading', { name: 'Product 1' }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'Quiet things' }).waitFor();
  expect(await products.count()).toBe(PRODUCTS);
});

test('a product without an image has a placeholder and is not the large one', async () => {
  await open('/');
  const products = page.getByRole('main').getByRole('listitem');
  await products.filter({ hasText: 'Product 12' }).getByText('No image').waitFor();
  expect(await products.first().textContent()).toBe('Product 11');
  const [large, second] = await Promise.all([0, 1].map((nth) => products.nth(nth).boundingBox()));
  expect(large!.width).toBeGreaterThan(2 * second!.width);

  await products.getByText('Product 12').click();
  await page.getByRole('heading', { name: 'Product 12' }).waitFor();
  const placeholder = (await page.getByRole('article').getByText('No image').boundingBox())!;
  expect(Math.min(placeholder.width, placeholder.height)).toBeGreaterThan(300);
});

test.each(['Product 11', 'Product 10'])('the keyboard focus is seen around %s', async (name) => {
  await open('/');
  await loadedImages();
  const card = page.getByRole('link', { name });
  expect(await contrastNextTo(card)).toBe(0);
  await card.focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  expect(await contrastNextTo(card)).toBeGreaterThan(30);
});

test('a missing product is reported as such, with a way back', async () => {
  await open('/products/NONE');
  await page.getByRole('heading', { name: 'There is no such product' }).waitFor();
  const back = page.getByRole('main').getByRole('link', { name: 'Back to the shop' });
  expect(await areUnderlined('main a')).toEqual([true]);
  await back.click();
  await page.getByText('Product 11').waitFor();
});

test('on a phone the links of the header are large, and the current page is underlined', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open('/gallery');
  const links = page.getByRole('navigation').getByRole('link');
  for (const link of await links.all()) {
    const { width, height } = (await link.boundingBox())!;
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
  }
  expect(await areUnderlined('nav a')).toEqual([false, true, false]);
});

test('the text of a post cannot add elements to the page', async () => {
  await open('/journal/a-story');
  await page.getByText('<script>').waitFor();
  expect(await page.locator('article script, article iframe').count()).toBe(0);
  expect(await page.getByRole('heading', { name: 'Once' }).count()).toBe(1);
});

test('while the gateway does not answer, the shop reports it and can be tried again', async () => {
  await page.route(/\/graphql$/, (route) => route.abort());
  await open('/');
  await page.getByRole('alert').waitFor();
  await page.unroute(/\/graphql$/);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Product 11').waitFor();
  expect(complaints.filter((text) => !text.includes('ERR_FAILED'))).toEqual([]);
  complaints = [];
});

test('a further page that cannot be loaded is reported, and can be tried again', async () => {
  await open('/');
  const products = page.getByRole('main').getByRole('link');
  await expect.poll(() => products.count()).toBe(FIRST_PAGE);
  await page.route(/\/graphql$/, (route) => route.abort());
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.getByRole('alert').waitFor();
  expect(await products.count()).toBe(FIRST_PAGE);
  await page.unroute(/\/graphql$/);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => products.count()).toBe(PRODUCTS);
  expect(complaints.filter((text) => !text.includes('ERR_FAILED'))).toEqual([]);
  complaints = [];
});

test('while images cannot be read, the rest of each page of a list is shown', async () => {
  await page.route(/\/graphql$/, loseImages);
  await open('/');
  const products = page.getByRole('main').getByRole('link');
  await expect.poll(() => products.count()).toBe(FIRST_PAGE);
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect.poll(() => products.count()).toBe(PRODUCTS);
  expect(await page.locator('main img').count()).toBe(0);
  expect(await page.getByRole('alert').count()).toBe(0);
});

/** Changes a response to that of a gateway which does not reach the CMS. */
async function loseImages(route: Route): Promise<void> {
  const response = await route.fetch();
  const json: unknown = JSON.parse(await response.text(), (key, value: unknown) =>
    key === 'media' ? null : value,
  );
  const extensions = { code: 'SUBGRAPH_UNAVAILABLE' };
  const errors = [{ message: 'The CMS does not answer.', path: ['products'], extensions }];
  await route.fulfill({ response, json: { ...Object(json), errors } });
}

/** How different the pixels are in a line from the edge of the link's image to the left. */
async function contrastNextTo(link: Locator): Promise<number> {
  const image = link.getByRole('img');
  await image.scrollIntoViewIfNeeded();
  const { x, y, height } = (await image.boundingBox())!;
  const clip = { x: Math.round(x) - 9, y: Math.round(y + height / 2), width: 8, height: 1 };
  const { channels } = await sharp(await page.screenshot({ clip })).stats();
  return Math.max(...channels.map(({ stdev }) => stdev));
}

/** Whether each element with this selector is underlined. */
const areUnderlined = (selector: string) =>
  evaluated(`[...document.querySelectorAll('${selector}')].map((element) =>
    getComputedStyle(element).textDecorationLine.includes('underline'))`);

const Created = z.object({ made: z.object({ entity: z.object({ id: z.string() }) }) });

async function fillStore(graph: Graph): Promise<void> {
  const create = async (type: string, fields: string): Promise<string> => {
    const query = `mutation { made: create${type}(input: { ${fields} }) { entity: ${type.toLowerCase()} { id } } }`;
    return Created.parse((await graph.ask(query)).data).made.entity.id;
  };
  const attach = async (field: string, fields: string) => {
    const { data, errors } = await graph.ask(
      `mutation { ${field}(input: { ${fields} }) { userErrors { code message } } }`,
    );
    expect({ data, errors }).toEqual({ data: { [field]: { userErrors: [] } } });
  };
  const images = await Promise.all(
    ['#2a6f97', '#588157', '#bc6c25'].map(async (colour) => upload(graph, 'red', colour)),
  );
  for (let number = 1; number <= PRODUCTS; number += 1) {
    const product = await create('Product', `sku: "P${number}", name: "Product ${number}"`);
    if (number > WITH_DETAILS) continue;
    const mediaId = images[(WITH_DETAILS - number) % images.length]!;
    await attach('setProductMainImage', `productId: "${product}", mediaId: "${mediaId}"`);
    if (number < WITH_DETAILS) continue;
    for (const detail of images)
      await attach('attachMediaToProduct', `productId: "${product}", mediaId: "${detail}"`);
  }
  for (const [index, mediaId] of images.entries()) {
    const artwork = await create('Artwork', `title: "Artwork ${index}"`);
    const primary = `artworkId: "${artwork}", mediaId: "${mediaId}", isPrimary: true`;
    await attach('attachMediaToArtwork', primary);
  }
  const body = JSON.stringify('# Once\n\nA lamp.\n\n<script>document.title = "x"</script>');
  const post = await create('Post', `title: "A story", slug: "a-story", body: ${body}`);
  await attach('attachMediaToPost', `postId: "${post}", mediaId: "${images[0]}", role: COVER`);
}

/** An image with two colours, whose focal point is at its left edge. */
async function upload(graph: Graph, left: string, right: string): Promise<string> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="800">
    <rect width="1600" height="800" fill="${right}" /><rect width="800" height="800" fill="${left}" />
  </svg>`;
  const jpeg = await sharp(Buffer.from(svg)).jpeg().toBuffer();
  const details = { altText: `${left} and ${right}.`, focalPoint: { x: 0, y: 0.5 } };
  const { mediaFile } = await graph.upload(jpeg, { details });
  return mediaFile!.id;
}
