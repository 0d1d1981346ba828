import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noBrowser, openChromium } from './support/chromium.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { serveStorefront } from './support/serve-storefront.ts';
import { openSharedStack } from './support/shared-stack.ts';
import { z } from 'zod';

/** The form of the example shop in which a product gets its images, with the media library of the gateway. */
let browser: Browser | undefined;
let graph: Graph;
let shop: Awaited<ReturnType<typeof serveStorefront>>;
let context: BrowserContext;
let page: Page;
let complaints: string[];
let products = 0;
let sku: string;

const COLOURS = ['teal', 'tomato', 'gold'] as const;
const files = new Map<string, string>();

beforeAll(async () => {
  if (noBrowser) return;
  const stack = await openSharedStack();
  graph = await openGraph(stack, 'storefront-product-form');
  for (const background of COLOURS) {
    const create = { width: 400, height: 300, channels: 3, background } as const;
    const bytes = await sharp({ create }).jpeg().toBuffer();
    const details = { altText: `All ${background}.` };
    const { mediaFile } = await graph.upload(bytes, { filename: `${background}.jpg`, details });
    files.set(background, mediaFile!.id);
  }
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
  products += 1;
  sku = `F${products}`;
  await graph.ask(CREATE, { input: { sku, name: 'Reading lamp' } });
  context = await browser!.newContext({ viewport: { width: 1_400, height: 1_600 } });
  // In development, the library itself signs nobody in.
  await context.route('**/graphql', (route) =>
    route.continue({
      headers: { ...route.request().headers(), authorization: graph.headers.authorization },
    }),
  );
  page = await context.newPage();
  complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
});
afterEach(async () => {
  if (noBrowser) return;
  await context.close();
  expect(complaints).toEqual([]);
});

const CREATE = `mutation ($input: CreateProductInput!) {
  createProduct(input: $input) { userErrors { code } }
}`;

const Image = z.object({ altText: z.string().nullable(), media: z.object({ id: z.string() }) });
const Stored = z.object({ mainImage: Image.nullable(), details: z.array(Image) });

const colourOf = ({ media }: z.output<typeof Image>) =>
  [...files].find(([, id]) => id === media.id)?.[0];

/** The images of the product, as the graph has stored them. */
async function stored() {
  const { data } = await graph.ask(
    `query ($sku: String!) {
      product(sku: $sku) {
        mainImage { altText media { id } }
        details: mediaAssociations(usageType: GALLERY) { altText media { id } }
      }
    }`,
    { sku },
  );
  const { mainImage, details } = Stored.parse(data?.['product']);
  return { main: mainImage && colourOf(mainImage), details: details.map(colourOf) };
}

const open = () => page.goto(new URL(`/products/${sku}/edit`, shop.url).href);
const button = (name: string) => page.getByRole('button', { name, exact: true });
const rows = () => page.getByRole('listitem').filter({ has: page.getByRole('textbox') });
const row = (colour: string) => rows().filter({ hasText: `${colour}.jpg` });
const saved = () => page.getByRole('status').getByText('All changes are saved.').waitFor();
const shown = async () =>
  (await rows().allInnerTexts()).map((text) => /(\w+)\.jpg/.exec(text)?.[1]);

/** Chooses images in the library and waits until they are attached. */
async function choose(...colours: readonly string[]): Promise<void> {
  await button('Add images').click();
  const library = page.frameLocator('iframe');
  for (const colour of colours)
    await library.getByRole('button', { name: `${colour}.jpg`, exact: true }).click();
  await library.getByRole('button', { name: /^Use \d file/ }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await saved();
}

async function attach(...colours: readonly string[]): Promise<void> {
  const items = colours.map((colour) => ({ mediaId: files.get(colour) }));
  await graph.ask(
    `mutation ($input: AttachMediaFilesToProductInput!) {
      attachMediaFilesToProduct(input: $input) { userErrors { code } }
    }`,
    { input: { productId: await productId(), items } },
  );
}

async function checkAccessibility(): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

/** For people who use a screen reader. */
const announced = (text: string) =>
  page.getByRole('status').getByText(text).waitFor({ state: 'attached' });

/** By the mouse, until the images are in this order. */
async function drag(from: Locator, to: Locator, order: readonly string[]): Promise<void> {
  const [start, end] = [(await from.boundingBox())!, (await to.boundingBox())!];
  const x = start.x + start.width / 2;
  await page.mouse.move(x, start.y + start.height / 2);
  await page.mouse.down();
  await page.mouse.move(x, start.y, { steps: 5 });
  await page.locator('.dragging').first().waitFor();
  let nudge = 0;
  await expect
    .poll(async () => {
      nudge += 1;
      await page.mouse.move(x + (nudge % 2), end.y + end.height / 2, { steps: 10 });
      return shown();
    })
    .toEqual(order);
  await page.mouse.up();
}

test('a product gets its images: chosen, ordered, one of them the main image, with a text', async () => {
  await page.goto(new URL(`/products/${sku}`, shop.url).href);
  await page.getByRole('link', { name: 'Edit the images' }).click();
  await page.getByRole('heading', { name: 'Images of Reading lamp' }).waitFor();

  await choose('gold', 'teal', 'tomato');
  expect(await stored()).toEqual({ main: null, details: ['gold', 'teal', 'tomato'] });

  await drag(button('Drag tomato.jpg'), row('gold'), ['tomato', 'gold', 'teal']);
  await announced('Dropped tomato.jpg: position 1 of 3.');
  await expect.poll(shown).toEqual(['tomato', 'gold', 'teal']);
  await expect.poll(stored).toMatchObject({ details: ['tomato', 'gold', 'teal'] });

  await button('Make main image: gold.jpg').click();
  await expect.poll(stored).toEqual({ main: 'gold', details: ['tomato', 'teal'] });

  const text = row('teal').getByRole('textbox', { name: 'Alternative text for this product' });
  await text.fill('The lamp in teal');
  await row('teal').getByText('Not saved yet').waitFor();
  await text.press('Enter');
  await row('teal').getByText('Saved.').waitFor();

  await button('Remove tomato.jpg').click();
  await expect.poll(stored).toEqual({ main: 'gold', details: ['teal'] });
  await saved();
  await checkAccessibility();

  await page.getByRole('link', { name: 'Back to the product' }).click();
  await page.getByRole('img', { name: 'All gold.' }).waitFor();
  await page.getByRole('img', { name: 'The lamp in teal' }).waitFor();
});

test('the order is changed by the keyboard', async () => {
  await attach('gold', 'teal', 'tomato');
  await open();
  await button('Drag gold.jpg').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await announced('gold.jpg: position 2 of 3.');
  await page.keyboard.press('Space');
  await expect.poll(stored).toMatchObject({ details: ['teal', 'gold', 'tomato'] });
  const focused = () => page.evaluate('document.activeElement.ariaLabel');
  await expect.poll(focused).toBe('Drag gold.jpg');
});

test('Escape ends a drag without a change', async () => {
  await attach('gold', 'teal');
  await open();
  await button('Drag gold.jpg').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Escape');
  await announced('The order is unchanged.');
  expect(await shown()).toEqual(['gold', 'teal']);
  expect(await stored()).toMatchObject({ details: ['gold', 'teal'] });
});

test('the order is changed by buttons, which keep the focus', async () => {
  await attach('gold', 'teal', 'tomato');
  await open();
  const down = button('Move gold.jpg down');
  await down.click();
  await expect.poll(shown).toEqual(['teal', 'gold', 'tomato']);
  await page.keyboard.press('Enter');
  await expect.poll(shown).toEqual(['teal', 'tomato', 'gold']);
  expect(await down.getAttribute('aria-disabled')).toBe('true');
  await page.keyboard.press('Enter');
  await button('Move gold.jpg up').click();
  await expect.poll(stored).toMatchObject({ details: ['teal', 'gold', 'tomato'] });
});

test('a change is shown at once, and taken back when it cannot be saved', async () => {
  await attach('gold', 'teal');
  await open();
  await rows().first().waitFor();
  const { promise: answer, resolve: release } = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    await answer;
    await route.abort();
  });
  await button('Move gold.jpg down').click();
  await expect.poll(shown).toEqual(['teal', 'gold']);
  await page.getByRole('status').getByText('Saving').waitFor();
  release();
  await page.getByRole('alert').getByText('The shop does not answer').waitFor();
  await expect.poll(shown).toEqual(['gold', 'teal']);

  await page.unroute('**/graphql');
  await button('Try again').click();
  await saved();
  expect(await stored()).toMatchObject({ details: ['teal', 'gold'] });
  complaints = complaints.filter((text) => !text.includes('ERR_FAILED'));
});

test('a text that could not be saved is still there', async () => {
  await attach('gold');
  await open();
  const text = page.getByRole('textbox', { name: 'Alternative text for this product' });
  await text.waitFor();
  await page.route('**/graphql', (route) => route.abort());
  await text.fill('A lamp');
  await text.blur();
  await page.getByRole('alert').waitFor();
  expect(await text.inputValue()).toBe('A lamp');
  await page.unroute('**/graphql');
  await button('Try again').click();
  await row('gold').getByText('Saved.').waitFor();
  complaints = complaints.filter((text) => !text.includes('ERR_FAILED'));
});

test('what is typed while a text is saved stays', async () => {
  await attach('gold');
  await open();
  const text = page.getByRole('textbox', { name: 'Alternative text for this product' });
  await text.fill('A lamp');
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    await held;
    await route.fallback();
  });
  await text.press('Enter');
  await page.getByRole('status').getByText('Saving').waitFor();
  await text.pressSequentially(' in gold');
  release();
  await saved();
  expect(await text.inputValue()).toBe('A lamp in gold');
  await text.press('Enter');
  await row('gold').getByText('Saved.').waitFor();
});

test('a change that failed is kept until it is tried again or dismissed', async () => {
  await attach('gold', 'teal');
  await open();
  await rows().first().waitFor();
  await page.route('**/graphql', (route) => route.abort());
  await button('Make main image: gold.jpg').click();
  await page.getByRole('alert').waitFor();
  await page.unroute('**/graphql');
  await button('Move gold.jpg down').click();
  await expect.poll(stored).toEqual({ main: null, details: ['teal', 'gold'] });
  await page.getByRole('alert').getByText('Choosing the main image').waitFor();
  await button('Dismiss').click();
  await saved();
  complaints = complaints.filter((one) => !one.includes('ERR_FAILED'));
});

test('an image that the product has already is not added twice', async () => {
  await attach('gold');
  await open();
  await choose('gold', 'teal');
  expect(await stored()).toMatchObject({ details: ['gold', 'teal'] });
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('a message of the graph is shown', async () => {
  await attach('gold');
  await open();
  await rows().first().waitFor();
  await graph.ask(
    `mutation ($id: ID!) { deleteProduct(input: { id: $id }) { userErrors { code } } }`,
    { id: await productId() },
  );
  await button('Remove gold.jpg').click();
  await page
    .getByRole('alert')
    .getByText(/product/i)
    .waitFor();
});

async function productId(): Promise<string> {
  const { data } = await graph.ask('query ($sku: String!) { product(sku: $sku) { id } }', { sku });
  return z.object({ id: z.string() }).parse(data?.['product']).id;
}

test.each([1_400, 390])('the form is accessible, %i pixels wide', async (width) => {
  await page.setViewportSize({ width, height: 800 });
  await attach('gold', 'teal');
  await open();
  await rows().first().waitFor();
  await checkAccessibility();
  const overflow = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
  expect(overflow).toBe(false);
});
