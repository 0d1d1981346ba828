import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noBrowser, openChromium } from './support/chromium.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { type GraphiqlPage, openGraphiqlPage } from './support/graphiql-page.ts';
import { openSharedStack, type SharedStack } from './support/shared-stack.ts';
import { createShop } from './support/shop.ts';

let stack: SharedStack;
let graph: Graph;
let token: string;
let browser: Browser | undefined;
let graphiql: GraphiqlPage;

beforeAll(async () => {
  if (noBrowser) return;
  stack = await openSharedStack();
  graph = await openGraph(stack, 'graphiql');
  token = graph.headers.authorization.replace('Bearer ', '');
  await addProduct();
  browser = await openChromium();
});
afterAll(() => browser?.close());

beforeEach(async ({ skip }) => {
  if (!browser) skip(noBrowser ?? 'Chromium did not start');
  graphiql = await openGraphiqlPage(browser!, stack.gatewayUrl);
});
afterEach(() => graphiql.close());

test('the first query returns the products and their images', async () => {
  await graphiql.enterToken(token);
  await graphiql.run();
  await graphiql.shows('A red square.');
});

test('only images come from another host, and the browser reports no errors', async () => {
  await graphiql.enterToken(token);
  await graphiql.run();
  await loadedImages();

  const gateway = new URL(stack.gatewayUrl).host;
  const elsewhere = graphiql.requests.filter((request) => new URL(request.url()).host !== gateway);
  expect(new Set(elsewhere.map((request) => new URL(request.url()).origin))).toEqual(
    new Set([stack.urls['cms']]),
  );
  expect(new Set(elsewhere.map((request) => request.resourceType()))).toEqual(new Set(['image']));
  expect(graphiql.complaints).toEqual([]);
});

test('sends the headers of the header editor, and keeps them after a reload', async () => {
  const { page } = graphiql;
  await page.getByRole('button', { name: 'Headers' }).click();
  const headers = page.locator('.graphiql-editor-tool .graphiql-editor:visible');
  await headers.locator('.view-lines').click();
  await page.keyboard.insertText('{"x-example": "from the editor"}');
  await headers.filter({ hasText: 'from the editor' }).waitFor();
  const { request } = await graphiql.run();
  expect(request.headers()).toMatchObject({
    'x-example': 'from the editor',
    'apollo-require-preflight': 'true',
  });

  // The editor reads this entry at start. It is stored half a second after the last key; the history has the headers
  // earlier. The content security policy of the page forbids `waitForFunction`.
  await expect
    .poll(() => page.evaluate('localStorage.getItem("graphiql:headers")'), { timeout: 10_000 })
    .toContain('from the editor');
  await page.reload();
  await page.getByRole('button', { name: 'Headers' }).click();
  await headers.filter({ hasText: 'from the editor' }).waitFor();
});

test('sends the token from all tabs and after a reload, until it is forgotten', async () => {
  const { page } = graphiql;
  const sent = async () => (await graphiql.run()).request.headers()['authorization'];
  expect(await sent()).toBeUndefined();

  await graphiql.enterToken(` Authorization: Bearer ${token} `);
  expect(await graphiql.token.inputValue()).toBe(token);
  await expect.poll(() => introspectedWith(`Bearer ${token}`)).toBe(true);
  expect(await sent()).toBe(`Bearer ${token}`);
  await graphiql.openTab('MediaLibrary');
  expect(await sent()).toBe(`Bearer ${token}`);

  await page.reload();
  expect(await graphiql.token.inputValue()).toBe(token);
  expect(await sent()).toBe(`Bearer ${token}`);
  expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(token);

  await page.getByRole('button', { name: 'Forget token' }).click();
  expect(await graphiql.token.inputValue()).toBe('');
  expect(await sent()).toBeUndefined();
  expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain(token);
});

test('refuses a token that cannot be sent', async () => {
  await graphiql.enterToken('two words');
  await graphiql.page.getByRole('alert').filter({ hasText: 'no spaces' }).waitFor();
  expect((await graphiql.run()).request.headers()['authorization']).toBeUndefined();
});

test('shows the images of the result with alternative text and link', async () => {
  await graphiql.enterToken(token);
  const { result } = await graphiql.run();
  const [image] = await loadedImages();
  expect(image).toMatchObject({ alt: 'A red square.', caption: 'A red square.' });
  expect(JSON.stringify(result)).toContain(JSON.stringify(image?.href));

  await graphiql.openTab('Stories');
  await graphiql.images.waitFor({ state: 'hidden' });
});

test('says which URL of the result is not an image it may show', async () => {
  const details = { title: 'https://tracker.example/pixel.png', description: stack.gatewayUrl };
  const { buffer } = await image('odd.png', '#3c3');
  expect((await graph.upload(buffer, { filename: 'odd.png', details })).userErrors).toEqual([]);
  await graphiql.enterToken(token);
  await graphiql.newTab();
  await graphiql.write(
    '{ mediaLibrary(filter: { search: "pixel" }) { nodes { title description } } }',
  );
  await graphiql.run();
  await expect
    .poll(() => graphiql.images.getByText('no image, or not allowed here').count())
    .toBe(2);
  expect(graphiql.complaints.join()).toContain('Content Security Policy');
});

test('uploads the file that was chosen for a variable', async () => {
  await graphiql.enterToken(token);
  await graphiql.openTab('Upload');
  await graphiql.files.getByLabel('$file').setInputFiles(await image('blue.png', '#33c'));
  await graphiql.files.getByText('blue.png').waitFor();
  const { request, result } = await graphiql.run();
  expect(request.headers()).toMatchObject({
    'apollo-require-preflight': 'true',
    'content-type': expect.stringMatching(/^multipart\/form-data; boundary=/),
  });
  expect(result).toMatchObject({
    data: {
      uploadMedia: {
        mediaFile: { originalFilename: 'blue.png', mimeType: 'image/png', width: 30 },
        userErrors: [],
      },
    },
  });
  await loadedImages();

  const sent = graphiql.requests.length;
  await graphiql.files.getByRole('button', { name: 'Remove' }).click();
  await graphiql.page.getByRole('button', { name: /Execute query/ }).click();
  const hint = graphiql.files.getByRole('alert').filter({ hasText: 'Choose a file first' });
  await hint.waitFor();
  await graphiql.shows('choose a file for $file');
  expect(graphiql.requests.slice(sent).map((request) => request.method())).not.toContain('POST');
  await graphiql.files.getByRole('button', { name: 'Use a sample image' }).click();
  await hint.waitFor({ state: 'hidden' });
});

test('shows each file of the result once, without its placeholder, and names it', async () => {
  const { buffer } = await image('plain.png', '#393');
  expect((await graph.upload(buffer, { filename: 'plain.png' })).userErrors).toEqual([]);
  await graphiql.enterToken(token);
  await graphiql.newTab();
  await graphiql.write(`{ mediaLibrary(filter: { search: "plain" }) { nodes {
    originalFilename altText placeholder url download: url(download: true)
    thumbnail: url(transform: { preset: "thumbnail" })
  } } }`);
  await graphiql.run();
  expect(await loadedImages()).toMatchObject([{ caption: 'plain.png' }]);
  const placeholder = `getComputedStyle(document.querySelector('.images img')).backgroundImage`;
  await expect.poll(() => graphiql.page.evaluate(placeholder)).toBe('none');
});

test('uploads files for lists, input objects and several variables at once', async () => {
  await graphiql.enterToken(token);
  await graphiql.newTab();
  await graphiql.writeVariables({ input: [{ details: { altText: 'The first.' } }] });
  await graphiql.write(`mutation Many($input: [UploadMediaInput!]!, $one: Upload!) {
    uploadMedia(input: { file: $one }) { mediaFile { originalFilename } }
    uploadMediaFiles(input: $input) { mediaFile { originalFilename altText } }
  }`);
  const files = await Promise.all([image('1.png', '#111'), image('2.png', '#222')]);
  await graphiql.files.getByLabel('$input[].file').setInputFiles(files);
  await graphiql.files.getByLabel('$one').setInputFiles(await image('3.png', '#333'));
  expect((await graphiql.run()).result).toMatchObject({
    data: {
      uploadMedia: { mediaFile: { originalFilename: '3.png' } },
      uploadMediaFiles: [
        { mediaFile: { originalFilename: '1.png', altText: 'The first.' } },
        { mediaFile: { originalFilename: '2.png', altText: null } },
      ],
    },
  });

  // The files belong to the tab.
  await graphiql.openTab('Upload');
  await graphiql.files.getByText('no file chosen').waitFor();
});

/** Waits for the images below the result. */
async function loadedImages() {
  await graphiql.images.waitFor();
  const items = () =>
    graphiql.images.locator('a').evaluateAll((links) =>
      links.map((link) => {
        const shown = link.querySelector('img');
        return {
          href: link.getAttribute('href'),
          alt: shown?.alt,
          caption: link.querySelector('figcaption')?.textContent,
          isLoaded: (shown?.naturalWidth ?? 0) > 0,
        };
      }),
    );
  await expect.poll(async () => (await items()).every(({ isLoaded }) => isLoaded)).toBe(true);
  return items();
}

async function introspectedWith(authorization: string): Promise<boolean> {
  const last = graphiql.requests.findLast((request) =>
    request.postData()?.includes('IntrospectionQuery'),
  );
  return last?.headers()['authorization'] === authorization;
}

async function image(name: string, background: string) {
  const create = { width: 30, height: 20, channels: 3, background } as const;
  return { name, mimeType: 'image/png', buffer: await sharp({ create }).png().toBuffer() };
}

async function addProduct(): Promise<void> {
  const { buffer, name: filename } = await image('red.png', '#c33');
  const details = { altText: 'A red square.' };
  const { mediaFile } = await graph.upload(buffer, { filename, details });
  const shop = createShop(graph);
  expect(await shop.makeMain(await shop.product(), mediaFile!.id)).toEqual([]);
}
