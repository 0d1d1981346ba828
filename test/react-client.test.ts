import { randomBytes } from 'node:crypto';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noBrowser, openChromium } from './support/chromium.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { openSharedStack, type SharedStack } from './support/shared-stack.ts';
import { servePage } from './support/serve-page.ts';
import { z } from 'zod';

/** The components and the hook of `@federated-media/client/react` in a page of another origin than the gateway's. */
let stack: SharedStack;
let graph: Graph;
let browser: Browser | undefined;
let served: Awaited<ReturnType<typeof servePage>>;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  if (noBrowser) return;
  stack = await openSharedStack();
  graph = await openGraph(stack, 'react-client');
  served = await servePage({ '/': 'react-page.tsx', '/library': 'library-page.ts' });
  browser = await openChromium();
});
afterAll(async () => {
  await browser?.close();
  if (!noBrowser) served.close();
});
beforeEach(async ({ skip }) => {
  if (noBrowser) skip(noBrowser);
  complaints = [];
  page = await browser!.newPage({ viewport: { width: 1_000, height: 700 } });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const isOfReact = !message.text().startsWith('Failed to load resource');
    if (['error', 'warning'].includes(message.type()) && isOfReact) complaints.push(message.text());
  });
  await page.goto(served.url);
});
afterEach(async () => {
  if (!browser) return;
  expect(complaints).toEqual([]);
  await page.close();
});

/** Calls a function of `other-origin/react-page.tsx` in the browser. */
const inPage = (name: string, ...args: unknown[]): Promise<unknown> =>
  page.evaluate(`page.${name}(...${JSON.stringify(args)})`);

const noise = (width: number, height: number): Promise<Buffer> =>
  sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();

// Uploads

const Count = z.object({ mediaLibrary: z.object({ totalCount: z.number() }) });
const History = z.array(z.object({ running: z.number(), progress: z.array(z.number()) }));

const filesInStore = async (): Promise<number> => {
  const { data } = await graph.ask('{ mediaLibrary { totalCount } }');
  return Count.parse(data).mediaLibrary.totalCount;
};

const connectionOf = () => ({
  endpoint: `${stack.gatewayUrl}/graphql`,
  token: graph.headers.authorization.replace('Bearer ', ''),
});

const showUploads = (options = {}) => inPage('uploads', { connection: connectionOf(), ...options });

async function choose(files: Record<string, Buffer>): Promise<void> {
  const payloads = Object.entries(files).map(([name, buffer]) => ({
    name,
    buffer,
    mimeType: 'image/png',
  }));
  await page.getByLabel('Files').setInputFiles(payloads);
}

const line = (text: string) => page.getByRole('listitem').filter({ hasText: text });

/** Sent bytes per second; a negative number is unlimited. */
async function limitUploads(uploadThroughput: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput,
  });
}

/** The connection ends after the gateway has answered the next upload; `status` is that of the response. */
async function loseResponse(): Promise<{ readonly status: Promise<number | undefined> }> {
  const session = await page.context().newCDPSession(page);
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const lose = async (requestId: string) => {
    await session.send('Fetch.failRequest', { requestId, errorReason: 'ConnectionReset' });
    await session.send('Fetch.disable');
  };
  session.on('Fetch.requestPaused', ({ requestId, request, responseStatusCode }) => {
    const isUpload = request.method === 'POST';
    if (isUpload) resolve(responseStatusCode);
    void (isUpload ? lose(requestId) : session.send('Fetch.continueRequest', { requestId }));
  });
  const patterns = [{ urlPattern: '*/graphql', requestStage: 'Response' as const }];
  await session.send('Fetch.enable', { patterns });
  return { status: promise };
}

test('uploads many files, two at a time, and shows the progress and the result of each', async () => {
  await showUploads();
  await limitUploads(300_000);
  const image = () => noise(300, 200);
  await choose({
    'a.png': await image(),
    'bad.png': Buffer.from('not a PNG'),
    'c.png': await image(),
    'd.png': await image(),
    'e.png': await image(),
  });
  for (const name of ['a.png', 'c.png', 'd.png', 'e.png'])
    await line(`${name} done image/png`).waitFor();
  await line('bad.png failed').waitFor();
  expect(await line('bad.png failed').textContent()).toMatch(
    /CORRUPT_FILE|UNSUPPORTED_TYPE|TYPE_MISMATCH/,
  );
  expect(await page.getByText('uploaded').textContent()).toBe('4 uploaded');

  const history = History.parse(await inPage('history'));
  expect(Math.max(...history.map(({ running }) => running))).toBe(2);
  const partly = history.flatMap(({ progress }) => progress.filter((one) => one > 0 && one < 1));
  expect(partly.length).toBeGreaterThan(0);
});

test('a cancelled upload ends at once, stores nothing, and can be retried', async () => {
  const before = await filesInStore();
  await showUploads();
  await limitUploads(100_000);
  await choose({
    'slow.png': await noise(600, 500),
    'other.png': await noise(600, 500),
    'next.png': await noise(10, 10),
  });
  await line('next.png waiting').waitFor();
  const failed = page.waitForEvent('requestfailed');
  await line('slow.png uploading').getByRole('button', { name: 'Cancel' }).click();
  await line('slow.png cancelled').waitFor();
  await line('next.png done').waitFor();
  expect((await failed).failure()?.errorText).toBe('net::ERR_ABORTED');
  await line('other.png').getByRole('button', { name: 'Remove' }).click();
  expect(await page.getByRole('listitem').count()).toBe(2);
  expect(await filesInStore()).toBe(before + 1);

  await limitUploads(-1);
  await line('slow.png').getByRole('button', { name: 'Retry' }).click();
  await line('slow.png done').waitFor();
  expect(await filesInStore()).toBe(before + 2);
});

test('a slow upload that makes progress for longer than silentMs succeeds', async () => {
  const connection = { ...connectionOf(), silentMs: 1_000 };
  await showUploads({ connection, retries: 0 });
  await limitUploads(300_000);
  const start = performance.now();
  await choose({ 'slow.png': await noise(600, 600) });
  await line('slow.png done').waitFor();
  expect(performance.now() - start).toBeGreaterThan(2_500);
});

test('an upload may be silent for longer than the longest timer', async () => {
  await showUploads({ connection: { ...connectionOf(), silentMs: 2 ** 31 }, retries: 0 });
  await choose({ 'a.png': await noise(300, 300) });
  await line('a.png done').waitFor();
});

test('an upload whose response was lost fails with NETWORK, and a retry creates no second file', async () => {
  const before = await filesInStore();
  await showUploads({ retries: 0 });
  const lost = await loseResponse();
  await choose({ 'lost.png': await noise(20, 20) });
  await line('lost.png failed NETWORK').waitFor();
  expect(await lost.status).toBe(200);
  expect(await filesInStore()).toBe(before + 1);
  await line('lost.png').getByRole('button', { name: 'Retry' }).click();
  await line('lost.png done image/png').waitFor();
  expect(await page.getByText('uploaded').textContent()).toBe('1 uploaded');
  expect(await filesInStore()).toBe(before + 1);
});

test('without a connection an upload fails with NETWORK, and a retry creates one file', async () => {
  const before = await filesInStore();
  await showUploads({ retries: 0 });
  await page.context().setOffline(true);
  await choose({ 'offline.png': await noise(20, 20) });
  await line('offline.png failed NETWORK').waitFor();
  await page.context().setOffline(false);
  await line('offline.png').getByRole('button', { name: 'Retry' }).click();
  await line('offline.png done').waitFor();
  expect(await filesInStore()).toBe(before + 1);
});

test('a retry uses the current token', async () => {
  await showUploads({ connection: { ...connectionOf(), token: 'expired' } });
  await choose({ 'a.png': await noise(20, 20) });
  await line('a.png failed UNAUTHENTICATED').waitFor();
  await showUploads();
  await line('a.png').getByRole('button', { name: 'Retry' }).click();
  await line('a.png done').waitFor();
});

test('while the component is hidden, its uploads are cancelled, later ones too, and can be retried', async () => {
  await showUploads();
  await limitUploads(100_000);
  await choose({ 'slow.png': await noise(600, 500) });
  await line('slow.png uploading').waitFor();
  await showUploads({ hidden: true });
  await page.getByLabel('Files').waitFor({ state: 'hidden' });
  await inPage('addLater', 'later.png');
  await showUploads();
  await line('later.png cancelled').waitFor();
  await line('slow.png cancelled').waitFor();
  await limitUploads(-1);
  await line('slow.png').getByRole('button', { name: 'Retry' }).click();
  await line('slow.png done').waitFor();
});

test('a file that is added after the component has unmounted is not sent', async () => {
  await showUploads();
  await page.getByLabel('Files').waitFor();
  await inPage('nothing');
  await page.getByLabel('Files').waitFor({ state: 'detached' });
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.url()));
  await inPage('addLater', 'later.png');
  await page.waitForTimeout(500);
  expect(sent).toEqual([]);
});

test('when the component unmounts, running uploads are aborted and waiting ones are not sent', async () => {
  const before = await filesInStore();
  await showUploads();
  await limitUploads(100_000);
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(request.url());
  });
  await choose({
    '1.png': await noise(600, 500),
    '2.png': await noise(600, 500),
    '3.png': await noise(10, 10),
  });
  await line('3.png waiting').waitFor();
  await expect.poll(() => sent.length).toBe(2);
  const aborted: string[] = [];
  page.on('requestfailed', (request) => aborted.push(request.failure()?.errorText ?? ''));
  await inPage('nothing');
  await expect.poll(() => aborted).toEqual(['net::ERR_ABORTED', 'net::ERR_ABORTED']);
  await limitUploads(-1);
  await page.waitForTimeout(500);
  expect(sent).toHaveLength(2);
  expect(await filesInStore()).toBe(before);
});

// Images

const MEDIA = 'id url srcSet width height placeholder altText decorative';

async function uploadImage(image: Buffer, details: object, fields = MEDIA) {
  const { mediaFile } = await graph.upload(image, { filename: 'image.png', details });
  const { data } = await graph.ask(`{ mediaFile(id: "${mediaFile!.id}") { ${fields} } }`);
  return z.looseObject({ url: z.string() }).parse(data?.['mediaFile']);
}

/** Renders the candidates before a browser requests them: a busy machine answers 503 at first, which it does not repeat. */
async function renderCandidates(media: object) {
  const { srcSet } = z.object({ srcSet: z.string() }).parse(media);
  for (const [, url = ''] of srcSet.matchAll(/(\S+) \d+w/g))
    await expect.poll(async () => (await fetch(url)).status, { timeout: 60_000 }).toBe(200);
}

/** Holds back the responses of images until it is called. */
async function holdImages(): Promise<{ release(): void; requested: string[] }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const requested: string[] = [];
  await page.route('**/media/**', async (route) => {
    requested.push(route.request().url());
    await promise;
    await route.continue();
  });
  return { release: resolve, requested };
}

/** Of the image. */
const valueOf = (expression: string): Promise<unknown> =>
  page.evaluate(`((image) => ${expression})(document.querySelector('img'))`);
const background = () => valueOf('getComputedStyle(image).backgroundImage');

test('an image has its space and its placeholder before it loads, and loads one sufficient size', async () => {
  const media = await uploadImage(await noise(1_600, 1_200), { altText: 'Noise.' });
  await renderCandidates(media);
  const { release, requested } = await holdImages();
  await page.evaluate(OBSERVE_SHIFTS);
  await inPage('picture', { media, space: 0, sizes: '400px', style: { width: 400 } });
  const image = page.getByRole('img', { name: 'Noise.' });
  await expect.poll(() => requested.length).toBe(1);
  const before = await page.getByText('The text below').boundingBox();
  expect(await image.boundingBox()).toMatchObject({ width: 400, height: 300 });
  expect(await background()).toContain('url("data:image/png');

  release();
  await expect.poll(background, { timeout: 60_000 }).toBe('none');
  expect(await valueOf('image.naturalWidth')).toBe(400);
  expect(requested).toHaveLength(1);
  expect(requested[0]).toContain('w640');
  expect(await page.getByText('The text below').boundingBox()).toEqual(before);
  expect(await page.evaluate('shifts')).toEqual([]);
});

/** Of the layout, without those after an input (https://web.dev/cls). */
const OBSERVE_SHIFTS = `
  globalThis.shifts = [];
  new PerformanceObserver((list) => shifts.push(...list.getEntries().map((entry) => entry.value)))
    .observe({ type: 'layout-shift', buffered: true });
`;

test('the placeholder of an image with candidates only is removed too', async () => {
  const { url: _url, ...media } = await uploadImage(await noise(200, 100), {});
  await renderCandidates(media);
  await inPage('picture', { media, space: 0 });
  await expect.poll(background, { timeout: 60_000 }).toBe('none');
});

test('the page can refer to the element of an image', async () => {
  const media = await uploadImage(await noise(20, 20), {});
  await inPage('picture', { media, space: 0 });
  await page.locator('img').waitFor();
  expect(await valueOf('globalThis.image === image')).toBe(true);
  await expect.poll(background, { timeout: 60_000 }).toBe('none');
  await inPage('nothing');
  await expect.poll(() => page.evaluate('globalThis.image')).toBe(null);
});

test('an image far below the screen loads when it comes near, one with priority at once', async () => {
  const media = await uploadImage(await noise(200, 100), {});
  const { release, requested } = await holdImages();
  release();
  await inPage('picture', { media, space: 20_000 });
  await page.locator('img').waitFor({ state: 'attached' });
  await page.waitForTimeout(500);
  expect(requested).toEqual([]);
  await page.locator('img').scrollIntoViewIfNeeded();
  await expect.poll(() => requested.length).toBe(1);

  await inPage('nothing');
  await page.evaluate('scrollTo(0, 0)');
  await inPage('picture', {
    media: await uploadImage(await noise(200, 100), {}),
    space: 20_000,
    priority: true,
  });
  await expect.poll(() => requested.length).toBe(2);
  expect(await page.locator('img').getAttribute('fetchpriority')).toBe('high');
});

test('an image that a server rendered is preloaded, and its placeholder is removed when React starts later', async () => {
  const media = await uploadImage(await noise(200, 100), { altText: 'Noise.' });
  const html = await inPage('hydratedPicture', { media, priority: true });
  expect(html).toMatch(
    /<link rel="preload" as="image" imagesrcset="[^"]+ 200w" imagesizes="100vw" fetchpriority="high">/,
  );
  await expect.poll(background, { timeout: 60_000 }).toBe('none');
});

test('a cropped image has the space of the crop', async () => {
  const media = await uploadImage(
    await noise(800, 400),
    { focalPoint: { x: 0.1, y: 0.5 } },
    `${MEDIA} url(transform: { width: 300, height: 300, fit: COVER })
      srcSet(transform: { width: 300, height: 300, fit: COVER })`.replace('url srcSet', ''),
  );
  const transform = { width: 300, height: 300 };
  await inPage('picture', { media, space: 0, sizes: '300px', transform });
  const image = page.locator('img');
  await expect.poll(() => valueOf('image.complete')).toBe(true);
  expect(await valueOf('image.naturalWidth / image.naturalHeight')).toBe(1);
  expect(await image.boundingBox()).toMatchObject({ width: 300, height: 300 });
});

test.each([
  [{ altText: 'Of the file.' }, {}, 'Of the file.'],
  [{ altText: 'Of the file.' }, { alt: 'Of the product.' }, 'Of the product.'],
  [{ altText: 'Of the file.' }, { alt: null }, 'Of the file.'],
  [{ decorative: true }, { alt: 'Of the product.' }, ''],
])('the text of %j with %j is "%s"', async (details, props, expected) => {
  const media = await uploadImage(await noise(20, 20), details);
  await inPage('picture', { media, space: 0, ...props });
  await page.locator('img').waitFor();
  expect(await page.locator('img').getAttribute('alt')).toBe(expected);
});

test('a file that could not be read shows nothing', async () => {
  await inPage('picture', { media: null, space: 0 });
  await page.getByText('The text below').waitFor();
  expect(await page.locator('img').count()).toBe(0);
});

// The media library in a dialog

const LAMP = { id: 'lamp', mimeType: 'image/jpeg', url: 'https://media.example.com/lamp.jpg' };

/** A library of another origin. */
function libraryUrl(settings: Record<string, string> = {}, host = '127.0.0.1'): string {
  const url = new URL(`http://${host}:${served.port}/library`);
  const page = new URL(served.url).origin;
  url.search = String(new URLSearchParams({ page, files: JSON.stringify([LAMP]), ...settings }));
  return url.href;
}

/** Longer than a page takes to load on a busy machine. */
const PATIENT_MS = 15_000;
/** Where a test waits until it has passed. */
const LESS_PATIENT_MS = 5_000;

async function openPicker(
  settings: Record<string, string> = {},
  props = {},
): Promise<FrameLocator> {
  await inPage('picker', { libraryUrl: libraryUrl(settings), timeoutMs: PATIENT_MS, ...props });
  await page.getByRole('button', { name: 'Choose an image' }).click();
  await page.getByRole('dialog', { name: 'Media library' }).waitFor();
  return page.frameLocator('iframe');
}

const result = () => page.locator('output').textContent();

test('the library in the dialog learns what to choose, and the page receives the files', async () => {
  const library = await openPicker({}, { mediaTypes: ['IMAGE', 'VIDEO'] });
  await library.getByText('multiple: false, types: IMAGE VIDEO').waitFor();
  await library.getByRole('button', { name: 'Use' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await result()).toBe('lamp, no error');
  const focused = await page.evaluate('document.activeElement.textContent');
  expect(focused).toBe('Choose an image');
});

test('several files, if they are wanted', async () => {
  const files = JSON.stringify([LAMP, { ...LAMP, id: 'chair', width: 'wide' }]);
  const library = await openPicker({ files }, { multiple: true });
  await library.getByText('multiple: true, types: all').waitFor();
  await library.getByRole('button', { name: 'Use' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await result()).toBe('lamp chair, no error');
});

test('the library, or Escape in it, closes the dialog without a choice', async () => {
  const library = await openPicker();
  await library.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Choose an image' }).click();
  await library.getByRole('button', { name: 'Cancel' }).press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await result()).toBe('nothing, no error');
});

test('the dialog of a library that hangs after it was ready can be closed with the keyboard', async () => {
  await openPicker({ hang: '' }, { timeoutMs: LESS_PATIENT_MS });
  await page.waitForTimeout(LESS_PATIENT_MS + 500);
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Close');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Choose an image' }).click();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await result()).toBe('nothing, no error');
});

test('the focus can leave the library', async () => {
  const library = await openPicker();
  await library.getByRole('button', { name: 'Use' }).focus();
  await page.keyboard.press('Shift+Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Close');
});

test.each([
  ['gets another time-out', [{ timeoutMs: 200 }]],
  ['is hidden for a while', [{ hidden: true }, { timeoutMs: 200 }]],
])('a library that was ready can be used after the dialog %s', async (_what, changes) => {
  const library = await openPicker();
  await library.getByRole('button', { name: 'Use' }).waitFor();
  for (const change of changes)
    await inPage('picker', { libraryUrl: libraryUrl(), timeoutMs: PATIENT_MS, ...change });
  await page.waitForTimeout(1_000);
  await library.getByRole('button', { name: 'Use' }).click();
  await expect.poll(result).toBe('lamp, no error');
});

test('a library may take longer than the longest timer', async () => {
  await openPicker({ silent: '' }, { timeoutMs: 2 ** 31 });
  await page.waitForTimeout(500);
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('a library that reloads, for example after a sign-in, is asked again', async () => {
  const library = await openPicker();
  await library.getByRole('button', { name: 'Use' }).waitFor();
  const frame = page.frames().find((one) => one.url().includes('/library'))!;
  await frame.evaluate('location.reload()');
  await frame.waitForLoadState();
  await library.getByRole('button', { name: 'Use' }).click();
  await expect.poll(result).toBe('lamp, no error');
});

test('a library that does not answer is reported, and can be tried again', async () => {
  await openPicker({ silent: '' }, { timeoutMs: 500 });
  const alert = page.getByRole('alert');
  await alert.waitFor();
  expect(await alert.textContent()).toContain(
    `The media library at http://127.0.0.1:${served.port}/library did not answer within 0.5 s.`,
  );
  expect(await result()).toBe('nothing, NO_ANSWER');

  await inPage('picker', { libraryUrl: libraryUrl(), timeoutMs: PATIENT_MS });
  await alert.getByRole('button', { name: 'Try again' }).click();
  await page.frameLocator('iframe').getByRole('button', { name: 'Use' }).click();
  expect(await result()).toBe('lamp, NO_ANSWER');
});

test('a library that cannot be reached is reported, and the dialog can be closed', async () => {
  const unreachable = 'http://127.0.0.1:9/';
  await inPage('picker', { libraryUrl: unreachable, timeoutMs: 500 });
  await page.getByRole('button', { name: 'Choose an image' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Choose an image' }).click();
  await page.getByRole('alert').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await result()).toBe('nothing, NO_ANSWER');
});

test('another version of the messages is reported', async () => {
  await openPicker({ version: '2' });
  await page.getByText('uses version 2 of the messages, this page version 1').waitFor();
  expect(await result()).toBe('nothing, PROTOCOL');
});

test.each(['[]', '{}', '["lamp"]', '[{"id":7}]', '[{"id":"a"},{"id":"b"}]'])(
  'the answer %s is rejected when one file is wanted',
  async (files) => {
    const library = await openPicker({ files });
    await library.getByRole('button', { name: 'Use' }).click();
    await page.getByText('returned no valid list of files').waitFor();
    expect(await result()).toBe('nothing, PROTOCOL');
  },
);

test('messages of other origins and of other windows are ignored', async () => {
  const evil = libraryUrl({}, 'evil.localhost');
  const library = await openPicker({ leave: evil }, { timeoutMs: 2_000 });
  await expect.poll(() => page.frames().map((frame) => frame.url())).toContain(evil);
  // It receives no message.
  expect(await library.getByText('multiple').count()).toBe(0);
  await page.evaluate(`
    postMessage({ type: 'federated-media:chosen', files: [{ id: 'forged' }] }, '*');
    const sibling = document.body.appendChild(document.createElement('iframe'));
    sibling.src = ${JSON.stringify(libraryUrl())};
  `);
  await expect.poll(() => page.frames().map((frame) => frame.url())).toContain(libraryUrl());
  const forge = `parent.postMessage({ type: 'federated-media:chosen', files: [{ id: 'forged' }] }, '*')`;
  for (const frame of page.frames().slice(1)) await frame.evaluate(forge);
  await page.getByRole('alert').waitFor();
  expect(await result()).toBe('nothing, NO_ANSWER');
});
