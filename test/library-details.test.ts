import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { noBrowser, openChromium } from './support/chromium.ts';
import {
  type DetailsPage,
  openDetails,
  quarters,
  recordingOf,
  smallPdf,
  storedFile,
} from './support/details-page.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { isHit, openLibrary } from './support/library-page.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';

const Snippet = z.object({ elements: z.number(), attributes: z.record(z.string(), z.string()) });

/** The details of a file in the media library: its previews, its texts and their fields. */
let browser: Browser | undefined;
let stack: SharedStack;
let graph: Graph;
let details: DetailsPage | undefined;

beforeAll(async () => {
  if (noBrowser) return;
  stack = await openSharedStack();
  graph = await openGraph(stack, 'library-details');
  browser = await openChromium();
});
afterAll(() => browser?.close());
beforeEach(({ skip }) => {
  if (noBrowser) skip(noBrowser);
});
afterEach(async () => {
  const complaints = details?.complaints ?? [];
  await details?.close();
  details = undefined;
  expect(complaints).toEqual([]);
});

async function upload(bytes: Buffer, filename = 'photo.jpg', file: object = {}, to = graph) {
  const { mediaFile, userErrors } = await to.upload(bytes, { filename, details: file });
  expect(userErrors).toEqual([]);
  return mediaFile!.id;
}

async function open(id: string, options: object = {}) {
  details = await openDetails(browser!, { gatewayUrl: stack.gatewayUrl, graph, id, ...options });
  return details;
}

const naturalHeight = (image: object) => 'naturalHeight' in image && image.naturalHeight;

test('texts, tags, folder and visibility are changed and saved by keyboard', async () => {
  await upload(await quarters(1), 'other.jpg', {
    tags: ['sunset', 'sea'],
    folder: 'season/summer',
  });
  const id = await upload(await quarters(), 'photo.jpg', { altText: 'before' });
  const { page, drawer, checkAccessibility } = await open(id);
  const field = (name: string) => drawer.getByLabel(name, { exact: true });
  await checkAccessibility();
  await field('File name').fill('lake.jpg');
  await field('Title').fill('The lake');
  await field('Alternative text').fill('A lake in summer');
  await drawer.getByRole('switch', { name: 'Only decorative' }).press('Space');
  await field('Description').fill('From the archive');
  await field('Credit').fill('Ada');
  await field('Copyright').fill('© Ada');
  const tags = drawer.getByRole('combobox', { name: 'Tags' });
  await tags.fill('suns');
  await page.getByRole('option', { name: 'sunset' }).click();
  await tags.fill('holiday');
  await tags.press('Enter');
  await drawer.getByRole('combobox', { name: 'Folder' }).fill('season');
  await page.getByRole('option', { name: 'season/summer' }).click();
  await drawer.getByRole('combobox', { name: 'Who can see it' }).click();
  await page.getByRole('option', { name: /link that expires/ }).click();
  await drawer.getByText('10 unsaved changes').waitFor();
  await checkAccessibility();
  await page.keyboard.press('Control+s');
  await drawer.getByText('Saved').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({
    originalFilename: 'lake.jpg',
    title: 'The lake',
    altText: 'A lake in summer',
    decorative: true,
    description: 'From the archive',
    credit: 'Ada',
    copyright: '© Ada',
    tags: ['sunset', 'holiday'],
    folder: 'season/summer',
    visibility: 'PRIVATE',
  });
});

test('alternative texts are added, changed and removed per language', async () => {
  const altTexts = [
    { locale: 'fr', text: 'Un lac' },
    { locale: 'it', text: 'Un lago' },
  ];
  const id = await upload(await quarters(2), 'photo.jpg', { altTexts });
  const { page, drawer } = await open(id);
  const add = drawer.getByRole('combobox', { name: 'Add a language' });
  await add.fill('klingon-xx-yyyyyyyyyyy');
  await add.press('Enter');
  await drawer.getByText('This is no language that is known.').waitFor();
  await add.fill('french');
  await page.keyboard.press('Escape');
  await drawer.getByRole('button', { name: 'Add', exact: true }).click();
  await drawer.getByText('There is a text in this language already.').waitFor();
  await add.fill('DE-at');
  await drawer.getByRole('button', { name: 'Add', exact: true }).click();
  await drawer.getByRole('textbox', { name: /Austrian German/ }).fill('Ein See');
  await drawer.getByRole('textbox', { name: /French/ }).fill('Le lac');
  await drawer.getByRole('button', { name: /Remove the text in Italian/ }).click();
  await drawer.getByRole('button', { name: 'Save' }).click();
  await drawer.getByText('Saved').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({
    altTexts: [
      { locale: 'de-AT', text: 'Ein See' },
      { locale: 'fr', text: 'Le lac' },
    ],
  });
});

test('the focal point is set by mouse, keys and numbers, and the crops follow', async () => {
  const id = await upload(await quarters(3));
  const { drawer, checkAccessibility } = await open(id);
  await drawer.getByRole('tab', { name: 'Crops' }).click();
  const point = drawer.getByRole('button', { name: /Focal point/ });
  const served = drawer.locator('img[data-crop="served"]');
  // The four presets that every server has, and one that only this one has.
  await expect.poll(() => served.count()).toBe(5);
  await drawer.getByText('banner', { exact: true }).waitFor();
  await checkAccessibility();
  const image = (await point.locator('..').boundingBox())!;
  await point.locator('..').click({ position: { x: image.width * 0.25, y: image.height * 0.75 } });
  await expect.poll(() => point.getAttribute('aria-label')).toMatch(/: 25.*% from the left, 75/);
  await point.press('ArrowRight');
  await point.press('Shift+ArrowUp');
  expect(await drawer.getByRole('textbox', { name: 'From the left' }).inputValue()).toMatch(/^26/);
  await drawer.getByRole('textbox', { name: 'From the top' }).fill('60');
  const card = drawer.locator('img[data-preset="card"]');
  await expect.poll(() => card.getAttribute('data-crop')).toBe('moved');
  // 480 × 360 of 600 × 400: the left edge of the crop is the left edge of the image.
  expect(await card.evaluate((one) => one.style.objectPosition)).toMatch(/^0% /);
  const before = await storedFile(graph, id);
  expect(before).toMatchObject({ focalPoint: null });
  await drawer.getByRole('button', { name: 'Save' }).click();
  await drawer.getByText('Saved').waitFor();
  const { focalPoint } = (await storedFile(graph, id)) as unknown as {
    focalPoint: { x: number; y: number };
  };
  expect(focalPoint.x).toBeCloseTo(0.26, 2);
  expect(focalPoint.y).toBe(0.6);
  await expect.poll(() => served.count()).toBe(5);
  await expect.poll(() => card.evaluate(naturalHeight)).toBe(224);
});

test('hostile names and texts are shown as text', async () => {
  const hostile = '<img src=x onerror="document.title=1"> \u{1F984} "quoted" & שלום';
  const id = await upload(await quarters(4), `${hostile.replaceAll('/', '')}.jpg`, {
    title: hostile,
    altText: hostile,
    tags: ['<b>bold</b>', 'مرحبا'],
    description: `${hostile}{{count}} $t(close)`,
  });
  const { page, drawer, context } = await open(id);
  await page.getByRole('heading', { name: hostile }).waitFor();
  expect(await drawer.getByRole('textbox', { name: 'Title', exact: true }).inputValue()).toBe(
    hostile,
  );
  await drawer.getByText('<b>bold</b>').waitFor();
  await drawer.getByRole('tab', { name: 'History' }).click();
  await drawer.getByText('uploaded the file').waitFor();
  expect(await page.title()).not.toBe('1');

  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await drawer.getByRole('button', { name: 'Copy' }).click();
  await page.getByRole('menuitem', { name: /<img>/ }).click();
  await page.getByText('Copied').waitFor();
  const snippet = Snippet.parse(
    await page.evaluate(`navigator.clipboard.readText().then((text) => {
      const element = document.createElement('template');
      element.innerHTML = text;
      const [image] = element.content.children;
      const attributes = [...image.attributes].map(({ name, value }) => [name, value]);
      return {
        elements: element.content.querySelectorAll('*').length,
        attributes: Object.fromEntries(attributes),
      };
    })`),
  );
  expect(snippet).toMatchObject({
    elements: 1,
    attributes: {
      alt: hostile,
      width: '600',
      height: '400',
      srcset: expect.stringMatching(/320w/),
    },
  });
  expect((await fetch(snippet.attributes['src']!)).headers.get('content-type')).toMatch(/^image/);
});

test('the URL and a query are copied, and the original is downloaded', async () => {
  const bytes = await quarters(5);
  const id = await upload(bytes, 'download me.jpg');
  const { page, drawer, context } = await open(id);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const copied = async (item: string) => {
    await drawer.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('menuitem', { name: item, exact: true }).click();
    await page.getByText('Copied').last().waitFor();
    return z.string().parse(await page.evaluate('navigator.clipboard.readText()'));
  };
  const url = await copied('URL');
  expect(Buffer.from(await (await fetch(url)).arrayBuffer())).toEqual(bytes);
  const { data, errors } = await graph.ask(await copied('GraphQL query'));
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({ mediaFile: { id, url } });
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    drawer.getByRole('link', { name: 'Download' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('download me.jpg');
});

test('an unknown file is reported, and the list keeps its search', async () => {
  const library = await openLibrary(browser!, {
    gatewayUrl: stack.gatewayUrl,
    graph,
    path: '/files/nothing?search=lake',
  });
  details = { ...library, drawer: library.page.getByRole('dialog').first() };
  await details.drawer.getByText('This file does not exist.').waitFor();
  await details.drawer.getByRole('button', { name: 'Back to the files' }).click();
  await expect.poll(() => new URL(library.page.url()).pathname).toBe('/library/');
  expect(new URL(library.page.url()).search).toBe('?search=lake');
});

test('a video plays from any position', async () => {
  const id = await upload(await recordingOf('clip.webm'), 'clip.webm');
  const { page, drawer, checkAccessibility } = await open(id);
  const video = drawer.locator('video');
  await expect
    .poll(() => video.evaluate((one) => 'readyState' in one && one.readyState))
    .toBeGreaterThan(0);
  const time = await page.evaluate(`new Promise((resolve) => {
    const video = document.querySelector('video');
    video.addEventListener('seeked', () => resolve(video.currentTime));
    video.currentTime = 0.5;
  })`);
  expect(time).toBe(0.5);
  await checkAccessibility();
});

test('a sound is shown as a waveform', async () => {
  // Scripts read the bytes: no other header than those of browsers may be sent with the request.
  const demo = await openGraph(stack, 'demo');
  const id = await upload(await recordingOf('tone.mp3'), 'tone.mp3', {}, demo);
  const { drawer, checkAccessibility } = await open(id, { extraHTTPHeaders: {} });
  await drawer.locator('audio[data-drawn="true"]').waitFor();
  await checkAccessibility();
});

test('the first page of a PDF is shown, with a link to all of it', async () => {
  const id = await upload(smallPdf(), 'paper.pdf');
  const { drawer } = await open(id);
  const link = drawer.getByRole('link', { name: 'Open the file' });
  const response = await fetch((await link.getAttribute('href'))!);
  expect(response.headers.get('content-type')).toBe('application/pdf');
  const preview = drawer.locator('img').first();
  await expect.poll(() => preview.evaluate(naturalHeight)).toBeGreaterThan(0);
});

test.each([
  ['in German and dark', { locale: 'de-DE', colorScheme: 'dark' as const }],
  ['on a phone', { locale: 'de-DE', viewport: { width: 390, height: 844 } }],
])('everything is readable and reachable %s', async (_name, options) => {
  const id = await upload(await quarters(10), 'ein sehr langer Name für eine Datei.jpg', {
    tags: ['Sommer'],
    altTexts: [{ locale: 'ar', text: 'بحيرة' }],
  });
  const { page, drawer, checkAccessibility } = await open(id, options);
  for (const tab of ['Angaben', 'Zuschnitt', 'Verwendung', 'Versionen', 'Verlauf']) {
    await drawer.getByRole('tab', { name: tab }).click();
    await drawer.getByRole('tabpanel', { name: tab }).waitFor();
    await checkAccessibility();
  }
  expect(await page.evaluate('document.body.scrollWidth <= innerWidth')).toBe(true);
});

test.each([
  ['a wide window', { width: 1_400, height: 900 }],
  ['a low window', { width: 1_024, height: 600 }],
])('suggestions never cover the button that saves in %s', async (name, viewport) => {
  const tags = Array.from({ length: 12 }, (_, at) => `${name} ${at + 10}`);
  const id = await upload(await quarters(90), 'covered.jpg');
  for (const tag of tags) {
    await upload(await quarters(91), `${tag}.jpg`, { tags: [tag], folder: tag });
  }
  const { page, drawer } = await open(id, { viewport });
  const save = drawer.getByRole('button', { name: 'Save' });
  const options = page.getByRole('option').filter({ visible: true });
  await drawer.getByRole('textbox', { name: 'Title', exact: true }).fill('Changed');
  await save.waitFor();
  for (const label of ['Tags', 'Folder', 'Add a language']) {
    const field = drawer.getByRole('combobox', { name: label, exact: true });
    for (const below of [130, 180, 230, 280]) {
      // This far above the end of the window, if the form is long enough.
      await field.evaluate((element, distance) => {
        element.scrollIntoView({ block: 'end' });
        element.closest('[role=dialog]')?.scrollBy(0, distance);
      }, below);
      await field.focus();
      await page.keyboard.press('Control+a');
      await page.keyboard.type('a');
      await options.first().waitFor();
      expect(await isHit(save)).toBe(true);
      await page.keyboard.press('Backspace');
      await field.blur();
      await expect.poll(() => options.count()).toBe(0);
    }
  }
  const field = drawer.getByRole('combobox', { name: 'Folder', exact: true });
  await field.fill(`${name} 1`);
  await options.first().waitFor();
  await field.press('Enter');
  await expect.poll(() => options.count()).toBe(0);
  const box = (await save.boundingBox())!;
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await drawer.getByText('Saved').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({ folder: `${name} 1`, title: 'Changed' });
});
