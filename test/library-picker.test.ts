import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import { AxeBuilder } from '@axe-core/playwright';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noBrowser, openChromium } from './support/chromium.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { servePage } from './support/serve-page.ts';
import { openSharedStack, type SharedStack } from './support/shared-stack.ts';
import { z } from 'zod';

/** The picker of the media library, in a frame and in a pop-up of a page of another origin, as editors use it. */
let stack: SharedStack;
let graph: Graph;
let browser: Browser | undefined;
let served: Awaited<ReturnType<typeof servePage>>;
let context: BrowserContext;
let page: Page;
const ids = new Map<string, string>();

beforeAll(async () => {
  if (noBrowser) return;
  stack = await openSharedStack();
  graph = await openGraph(stack, 'library-picker');
  served = await servePage({ '/': 'react-page.tsx' });
  browser = await openChromium();
  for (const [index, colour] of ['teal', 'tomato', 'gold'].entries()) {
    const create = { width: 300, height: 200 + index, channels: 3, background: colour } as const;
    const bytes = await sharp({ create }).jpeg().toBuffer();
    await upload(`${colour}.jpg`, bytes, { altText: `A ${colour} area.` });
  }
  await upload('notes.txt', Buffer.from('Some notes.'), {});
});
afterAll(async () => {
  if (noBrowser) return;
  await browser?.close();
  served.close();
});
beforeEach(async ({ skip }) => {
  if (noBrowser) skip(noBrowser);
  context = await browser!.newContext({ viewport: { width: 1_400, height: 900 } });
  await authorize();
  page = await context.newPage();
  await page.goto(served.url);
});
afterEach(async () => {
  if (!noBrowser) await context.close();
});

const TINY = { create: { width: 20, height: 20, channels: 3, background: 'black' } } as const;

/** In development, the library itself signs nobody in. */
const authorize = () =>
  context.route('**/graphql', (route) =>
    route.continue({
      headers: { ...route.request().headers(), authorization: graph.headers.authorization },
    }),
  );

async function upload(filename: string, bytes: Buffer, details: object): Promise<void> {
  const { mediaFile } = await graph.upload(bytes, { filename, details });
  ids.set(filename, mediaFile!.id);
}

const libraryUrl = () => `${stack.gatewayUrl}/library/picker`;

const inPage = (name: string, ...args: unknown[]): Promise<unknown> =>
  page.evaluate(`page.${name}(...${JSON.stringify(args)})`);

/** Shows `<MediaPicker>`, opens it, and returns the library in it. */
async function openFrame(props: object = {}): Promise<FrameLocator> {
  await inPage('picker', { libraryUrl: libraryUrl(), ...props });
  await page.getByRole('button', { name: 'Choose an image' }).click();
  return page.frameLocator('iframe');
}

const file = (library: FrameLocator | Page, name: string) =>
  library.getByRole('button', { name, exact: true });
const cell = (library: FrameLocator, name: string) =>
  library.getByRole('gridcell').filter({ hasText: name });
const result = () => page.locator('output').textContent();
const dialogIsClosed = () => page.getByRole('dialog').waitFor({ state: 'detached' });

/** What the page receives from the library, whether or not it uses it. */
const Received = z.array(
  z.looseObject({ type: z.string(), files: z.array(z.looseObject({ id: z.string() })).optional() }),
);
const record = () =>
  page.evaluate(`{
    globalThis.received = [];
    addEventListener('message', ({ data, origin }) => received.push({ ...data, origin }));
  }`);
const received = async () => Received.parse(await page.evaluate('received'));

test('a page of another origin receives the file that is chosen in its frame', async () => {
  await record();
  const library = await openFrame();
  await library.getByRole('heading', { name: 'Choose a file' }).waitFor();
  await file(library, 'teal.jpg').click();
  await file(library, 'gold.jpg').click();
  await library.getByText('1 file is selected.').waitFor();
  await library.getByRole('button', { name: 'Use 1 file' }).click();
  await dialogIsClosed();
  expect(await result()).toBe(`${ids.get('gold.jpg')}, no error`);
  const chosen = (await received()).find(({ type }) => type === 'federated-media:chosen');
  expect(chosen).toEqual({
    type: 'federated-media:chosen',
    origin: new URL(stack.gatewayUrl).origin,
    files: [
      {
        id: ids.get('gold.jpg'),
        mimeType: 'image/jpeg',
        originalFilename: 'gold.jpg',
        url: expect.stringContaining('/media/'),
        srcSet: expect.stringContaining(' 300w'),
        width: 300,
        height: 202,
        placeholder: expect.stringContaining('data:image/png'),
        altText: 'A gold area.',
        decorative: false,
      },
    ],
  });
});

test('several files are returned in the order of their selection', async () => {
  const library = await openFrame({ multiple: true });
  await library.getByRole('heading', { name: 'Choose files' }).waitFor();
  for (const name of ['gold.jpg', 'teal.jpg', 'notes.txt', 'teal.jpg', 'teal.jpg'])
    await file(library, name).click();
  await library.getByText('3 files are selected.').waitFor();
  await library.getByRole('button', { name: 'Use 3 files' }).click();
  await dialogIsClosed();
  const expected = ['gold.jpg', 'notes.txt', 'teal.jpg'].map((name) => ids.get(name));
  expect(await result()).toBe(`${expected.join(' ')}, no error`);
});

test('only files of the wanted types are offered', async () => {
  const library = await openFrame({ mediaTypes: ['IMAGE'] });
  await file(library, 'teal.jpg').waitFor();
  expect(await file(library, 'notes.txt').count()).toBe(0);
  await page.getByRole('button', { name: 'Close' }).click();
  const other = await openFrame({ mediaTypes: ['DOCUMENT', 'VIDEO'] });
  await file(other, 'notes.txt').waitFor();
  expect(await file(other, 'teal.jpg').count()).toBe(0);
});

test('a search leaves the files that match', async () => {
  const library = await openFrame();
  await file(library, 'teal.jpg').waitFor();
  await library.getByRole('searchbox').fill('tomato');
  await file(library, 'teal.jpg').waitFor({ state: 'detached' });
  await file(library, 'tomato.jpg').waitFor();
});

test('the keyboard selects, chooses and cancels', async () => {
  const library = await openFrame();
  await cell(library, 'teal.jpg').focus();
  await page.keyboard.press('Space');
  await library.getByText('1 file is selected.').waitFor();
  await page.keyboard.press('Escape');
  await dialogIsClosed();
  expect(await result()).toBe('nothing, no error');
  const again = await openFrame();
  await cell(again, 'teal.jpg').focus();
  await page.keyboard.press('Space');
  await again.getByRole('button', { name: 'Use 1 file' }).press('Enter');
  await dialogIsClosed();
  expect(await result()).toBe(`${ids.get('teal.jpg')}, no error`);
});

test('Cancel closes the dialog without a choice', async () => {
  const library = await openFrame();
  await library.getByRole('button', { name: 'Cancel' }).click();
  await dialogIsClosed();
  expect(await result()).toBe('nothing, no error');
});

test('Escape empties a search first, and then cancels', async () => {
  const library = await openFrame();
  const search = library.getByRole('searchbox');
  await search.fill('tomato');
  await search.press('Escape');
  expect(await search.inputValue()).toBe('');
  await file(library, 'teal.jpg').waitFor();
  await search.press('Escape');
  await dialogIsClosed();
});

test('a file can be removed from the selection again', async () => {
  const library = await openFrame({ multiple: true });
  await file(library, 'gold.jpg').click();
  await file(library, 'teal.jpg').click();
  const chosen = library.getByRole('list', { name: 'Selected files, in this order' });
  await chosen.getByRole('button', { name: 'Remove gold.jpg from the selection' }).click();
  await library.getByRole('button', { name: 'Use 1 file' }).click();
  await dialogIsClosed();
  expect(await result()).toBe(`${ids.get('teal.jpg')}, no error`);
});

test('a file that is uploaded in the picker is selected', async () => {
  const library = await openFrame({ multiple: true, mediaTypes: ['IMAGE'] });
  await file(library, 'gold.jpg').click();
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    (async () => {
      await library.getByRole('button', { name: 'Upload', exact: true }).click();
      await library.getByRole('menuitem').first().click();
    })(),
  ]);
  const buffer = await sharp(TINY).png().toBuffer();
  await chooser.setFiles({ name: 'new.png', mimeType: 'image/png', buffer });
  await library.getByText('2 files are selected.').waitFor();
  // It would lead to another screen of the library, which must not be in a frame.
  expect(await library.getByRole('link', { name: /new\.png/ }).count()).toBe(0);
  await library.getByRole('button', { name: 'Use 2 files' }).click();
  await dialogIsClosed();
  const [first, second] = (await result())!.replace(', no error', '').split(' ');
  expect(first).toBe(ids.get('gold.jpg'));
  const { data } = await graph.ask(`{ mediaFile(id: "${second}") { originalFilename } }`);
  expect(data).toEqual({ mediaFile: { originalFilename: 'new.png' } });
});

test('a file of another type can be uploaded, but not chosen', async () => {
  const library = await openFrame({ multiple: true, mediaTypes: ['IMAGE'] });
  await file(library, 'gold.jpg').click();
  const buffer = Buffer.from('Notes of another day.');
  await library
    .locator('input[type=file]')
    .first()
    .setInputFiles({ name: 'other.txt', mimeType: 'text/plain', buffer });
  await library.getByRole('button', { name: 'Use 2 files' }).click();
  await library.getByText('One of the files has a type that cannot be used here.').waitFor();
  await library.getByRole('button', { name: 'Remove other.txt from the selection' }).click();
  await library.getByRole('button', { name: 'Use 1 file' }).click();
  await dialogIsClosed();
  expect(await result()).toBe(`${ids.get('gold.jpg')}, no error`);
});

test('a file that was deleted meanwhile is reported, and the rest can be chosen again', async () => {
  await upload('doomed.jpg', await sharp(TINY).jpeg().toBuffer(), {});
  const library = await openFrame();
  await file(library, 'doomed.jpg').click();
  const id = ids.get('doomed.jpg');
  for (const mutation of ['deleteMedia', 'purgeMedia'])
    await graph.ask(`mutation { ${mutation}(input: { id: "${id}" }) { userErrors { code } } }`);
  await library.getByRole('button', { name: 'Use 1 file' }).click();
  await library.getByText('One of the files does not exist any more.').waitFor();
  await file(library, 'teal.jpg').click();
  await library.getByRole('button', { name: 'Use 1 file' }).click();
  await dialogIsClosed();
});

test('while the graph does not answer, the selection is kept and can be tried again', async () => {
  const library = await openFrame();
  await file(library, 'teal.jpg').click();
  await context.route('**/graphql', (route) => route.abort());
  await library.getByRole('button', { name: 'Use 1 file' }).click();
  await library.getByText('Your selection is kept').waitFor();
  await context.unroute('**/graphql');
  await authorize();
  await library.getByRole('button', { name: 'Use 1 file' }).click();
  await dialogIsClosed();
  expect(await result()).toBe(`${ids.get('teal.jpg')}, no error`);
});

test('messages of other windows open nothing', async () => {
  await page.evaluate(`{
    const library = document.body.appendChild(document.createElement('iframe'));
    library.src = ${JSON.stringify(libraryUrl())};
    library.width = library.height = '600';
    addEventListener('message', () => {
      const sibling = document.body.appendChild(document.createElement('iframe'));
      sibling.srcdoc = '<p>The other window</p>';
      const open = { type: 'federated-media:open', version: 1, multiple: false, mediaTypes: null };
      sibling.onload = () => sibling.contentWindow.eval(
        'parent.frames[0].postMessage(' + JSON.stringify(open) + ', "*")',
      );
    }, { once: true });
  }`);
  await page.frameLocator('iframe').nth(1).getByText('The other window').waitFor();
  const library = page.frameLocator('iframe').first();
  await library.getByRole('heading', { name: 'The program does not answer' }).waitFor();
});

test('a page that is not allowed cannot show the picker in a frame', async () => {
  await page.goto(served.url.replace('localhost', 'evil.localhost'));
  await inPage('picker', { libraryUrl: libraryUrl(), timeoutMs: 3_000 });
  await page.getByRole('button', { name: 'Choose an image' }).click();
  await page.getByText('whether the library allows pages of this origin').waitFor();
  expect(await result()).toBe('nothing, NO_ANSWER');
});

test('the rest of the library cannot be shown in a frame', async () => {
  const response = await fetch(`${stack.gatewayUrl}/library/`);
  expect(response.headers.get('content-security-policy')).toContain(`frame-ancestors 'none'`);
  const picker = await fetch(libraryUrl());
  expect(picker.headers.get('content-security-policy')).toMatch(/frame-ancestors 'self' http/);
});

test('the picker as a usual page leads to the library', async () => {
  await page.goto(libraryUrl());
  await page.getByRole('heading', { name: 'This page is a part of other programs' }).waitFor();
  await page.getByRole('link', { name: 'Open the media library' }).click();
  await page.getByRole('heading', { name: 'Files' }).waitFor();
});

// In a pop-up

async function openPopup(options: object = {}): Promise<Page> {
  await inPage('popup', { libraryUrl: libraryUrl(), ...options });
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: 'Open the library' }).click(),
  ]);
  return popup;
}

test('a page receives the files that are chosen in its pop-up, which closes', async () => {
  const popup = await openPopup({ multiple: true, mediaTypes: ['IMAGE'] });
  await file(popup, 'tomato.jpg').click();
  await file(popup, 'teal.jpg').click();
  expect(await file(popup, 'notes.txt').count()).toBe(0);
  const closed = popup.waitForEvent('close');
  await popup.getByRole('button', { name: 'Use 2 files' }).click();
  await closed;
  await expect.poll(result).toBe(`${ids.get('tomato.jpg')} ${ids.get('teal.jpg')}`);
});

test.each([
  ['Escape', (popup: Page) => popup.keyboard.down('Escape')],
  ['Cancel', (popup: Page) => popup.getByRole('button', { name: 'Cancel' }).click()],
  ['closing the window', (popup: Page) => popup.close()],
])('%s in the pop-up chooses nothing', async (_way, end) => {
  const popup = await openPopup();
  await file(popup, 'teal.jpg').waitFor();
  await end(popup);
  await expect.poll(result).toBe('nothing');
  await expect.poll(() => popup.isClosed()).toBe(true);
});

test('the pop-up closes when the page no longer waits', async () => {
  const popup = await openPopup();
  await file(popup, 'teal.jpg').waitFor();
  await inPage('abort');
  await expect.poll(result).toBe('AbortError');
  await expect.poll(() => popup.isClosed()).toBe(true);
});

test('a page that is not allowed is named in the pop-up, and receives nothing', async () => {
  await page.goto(served.url.replace('localhost', 'evil.localhost'));
  await record();
  const popup = await openPopup();
  await popup
    .getByRole('heading', { name: 'This program may not use the media library' })
    .waitFor();
  await popup.getByText(new URL(page.url()).origin).waitFor();
  expect((await received()).map(({ type }) => type)).toEqual(
    ['federated-media:ready', 'federated-media:ready'].slice(0, (await received()).length),
  );
});

test('a pop-up that the browser blocks is reported', async () => {
  await inPage('popup', { libraryUrl: libraryUrl() });
  await page.evaluate(`globalThis.open = () => null`);
  await page.getByRole('button', { name: 'Open the library' }).click();
  await expect.poll(result).toBe('BLOCKED');
});

test.each(['light', 'dark'] as const)('the picker is accessible, %s', async (colorScheme) => {
  await page.emulateMedia({ colorScheme });
  const popup = await openPopup({ multiple: true });
  await popup.emulateMedia({ colorScheme });
  await file(popup, 'teal.jpg').click();
  await file(popup, 'gold.jpg').click();
  const { violations } = await new AxeBuilder({ page: popup })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});
