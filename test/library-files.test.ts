import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { noBrowser, openChromium } from './support/chromium.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { type LibraryPage, isHit, openLibrary } from './support/library-page.ts';
import { plainJpeg } from './support/pictures.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';

/** Finding files in the media library: the grid, the list, search, filters and orders. */
let browser: Browser | undefined;
let stack: SharedStack;
let graph: Graph;
let library: LibraryPage | undefined;

const HOSTILE = ['<img src=x onerror=alert(1)>.jpg', 'אבג & "quotes".jpg', '🎉🏳️‍🌈 party.jpg'];

beforeAll(async () => {
  if (noBrowser) return;
  stack = await openSharedStack();
  graph = await openGraph(stack, 'library-files');
  const details = { altText: 'A lamp', tags: ['summer', 'red'], folder: 'brand/logos' };
  await graph.upload(await plainJpeg(10), { filename: 'lamp.jpg', details });
  const colleague = await openGraph(stack, 'library-files', { subject: 'zoe@example.com' });
  await colleague.upload(await plainJpeg(20), {
    filename: 'chair.jpg',
    details: { tags: ['summer', 'Été'] },
  });
  await graph.upload(Buffer.from('Notes about lamps and chairs'), { filename: 'notes.txt' });
  browser = await openChromium();
});
afterAll(() => browser?.close());
beforeEach(({ skip }) => {
  if (noBrowser) skip(noBrowser);
});
afterEach(async () => {
  const complaints = library?.complaints ?? [];
  await library?.close();
  library = undefined;
  expect(complaints).toEqual([]);
});

const open = async (options: Partial<Parameters<typeof openLibrary>[1]> = {}) => {
  library = await openLibrary(browser!, { gatewayUrl: stack.gatewayUrl, graph, ...options });
  return library;
};

const expectFiles = (page: Page, names: string[]) =>
  expect
    .poll(() => page.getByRole('grid', { name: 'Files' }).getByRole('link').allTextContents())
    .toEqual(names);

test('filters are in the URL: the back button and a reload show the same files', async () => {
  const { page, checkAccessibility } = await open();
  await expectFiles(page, ['notes.txt', 'chair.jpg', 'lamp.jpg']);
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByRole('checkbox', { name: 'Image', exact: true }).check();
  await expectFiles(page, ['chair.jpg', 'lamp.jpg']);
  await page.getByLabel('Alternative text', { exact: true }).selectOption('Text missing');
  await expectFiles(page, ['chair.jpg']);
  await checkAccessibility();
  expect(new URL(page.url()).search).toBe('?type=IMAGE&missingAlt=true');
  await page.goBack();
  await expectFiles(page, ['chair.jpg', 'lamp.jpg']);
  await page.reload();
  await expectFiles(page, ['chair.jpg', 'lamp.jpg']);
  await page.getByRole('button', { name: 'Remove filter: Image' }).click();
  await expectFiles(page, ['notes.txt', 'chair.jpg', 'lamp.jpg']);
});

test('two changes at once both count', async () => {
  const { page } = await open({ path: '/?tag=summer&tag=red&type=IMAGE&type=VIDEO' });
  await page.getByRole('button', { name: 'Remove filter: Video' }).waitFor();
  const clickAll = (name: RegExp) =>
    page.getByRole('button', { name }).evaluateAll((buttons: { click(): void }[]) => {
      for (const button of buttons) button.click();
    });
  await clickAll(/^(List|Remove filter: (#red|Video))$/);
  await expect
    .poll(() => [...new URL(page.url()).searchParams].map(String).toSorted())
    .toEqual(['tag,summer', 'type,IMAGE', 'view,list']);
  await expectFiles(page, ['chair.jpg', 'lamp.jpg']);
  await clickAll(/^Remove filter:/);
  await expectFiles(page, ['notes.txt', 'chair.jpg', 'lamp.jpg']);

  // Twice the other direction is the first one again.
  const reverse = page.getByRole('button', { name: /reverse the order/ });
  await reverse.evaluate((button: { click(): void }) => {
    button.click();
    button.click();
  });
  await expect.poll(() => new URL(page.url()).searchParams.get('dir')).toBe('DESC');
});

test('a shared URL with unknown values shows the rest of it', async () => {
  const path =
    '/?type=IMAGE&type=SONG&tag=summer&minSize=-1&from=yesterday&order=COLOUR&used=maybe';
  const { page } = await open({ path });
  await expectFiles(page, ['chair.jpg', 'lamp.jpg']);
  await page.getByRole('button', { name: 'Remove filter: #summer' }).waitFor();
});

test('tags, usage, dates and sizes narrow the list', async () => {
  const { page } = await open();
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByRole('combobox', { name: 'Tags' }).fill('re');
  await page.getByRole('option', { name: 'red' }).click();
  await expectFiles(page, ['lamp.jpg']);
  await page.getByRole('button', { name: 'Clear filters' }).last().click();
  await page.getByRole('combobox', { name: 'Tags' }).fill('ete');
  await page.getByRole('option', { name: 'Été' }).click();
  await expectFiles(page, ['chair.jpg']);
  await page.getByRole('button', { name: 'Clear filters' }).last().click();
  await page.getByLabel('Usage', { exact: true }).selectOption('In use');
  await page.getByText('No file matches').waitFor();
  await page.getByLabel('Usage', { exact: true }).selectOption('Any');
  await page.getByLabel('Added from').fill('2020-01-01');
  expect(await page.getByPlaceholder('MB').count()).toBe(2);
  await page.getByLabel('Smallest size').click();
  // Slowly enough that each key changes the list.
  await page.keyboard.type('0.01', { delay: 500 });
  expect(await page.getByLabel('Smallest size').inputValue()).toBe('0.01 MB');
  await page.getByText('No file matches').waitFor();
  await page.getByRole('button', { name: /^Remove filter: Size/ }).click();
  await expectFiles(page, ['notes.txt', 'chair.jpg', 'lamp.jpg']);
});

test('suggestions of tags do not cover the button that clears the filters', async () => {
  const other = await openGraph(stack, 'library-files-suggestions');
  const tags = Array.from({ length: 12 }, (_, at) => `sky ${at + 10}`);
  await other.upload(await plainJpeg(30), { filename: 'sky.jpg', details: { tags } });
  const { page } = await open({ graph: other, path: '/?trashed=true' });
  await page.getByRole('button', { name: 'Filters' }).click();
  const options = page.getByRole('option').filter({ visible: true });
  const field = page.getByRole('combobox', { name: 'Tags' });
  await field.fill('sky');
  await options.filter({ hasText: 'sky 10' }).waitFor();
  const clear = page.getByRole('button', { name: 'Clear filters' }).last();
  expect(await isHit(clear)).toBe(true);
  await field.press('Enter');
  await expect.poll(() => options.count()).toBe(0);
});

test('uploaders narrow the list, and stay in it when they have no file any more', async () => {
  const { page, checkAccessibility } = await open({ path: '/?by=gone' });
  await page.getByText('No file matches').waitFor();
  await page.getByRole('button', { name: 'Filters (1)' }).click();
  await page.getByRole('combobox', { name: 'Uploaded by' }).fill('zo');
  await page.getByRole('option', { name: 'zoe@example.com' }).click();
  await expectFiles(page, ['chair.jpg']);
  await checkAccessibility();
  expect(new URL(page.url()).searchParams.getAll('by')).toEqual(['gone', 'zoe@example.com']);
  await page.getByRole('combobox', { name: 'Uploaded by' }).fill('nobody');
  await page.getByText('No one with such a name has uploaded a file.').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Remove filter: Uploaded by: zoe@example.com' }).click();
  await page.getByText('No file matches').waitFor();
});

test('search finds files while one types, and an older response never replaces a newer one', async () => {
  const { page } = await open();
  const field = page.getByRole('searchbox', { name: 'Search files' });
  const older = Promise.withResolvers<void>();
  const isHeld = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('"search":"chair"')) {
      isHeld.resolve();
      await older.promise;
      // The app may have cancelled it.
      await route.continue().catch(() => undefined);
    } else await route.fallback();
  });
  await field.fill('chair');
  await isHeld.promise;
  await field.fill('LAMP.j');
  await expectFiles(page, ['lamp.jpg']);
  older.resolve();
  await page.waitForTimeout(500);
  await expectFiles(page, ['lamp.jpg']);
  await field.fill('nothing like it');
  await page.getByText('No file matches the search and the filters.').waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).last().click();
  await expectFiles(page, ['notes.txt', 'chair.jpg', 'lamp.jpg']);
  expect(await field.inputValue()).toBe('');
});

test('files are ordered by five fields, in both directions', async () => {
  const { page } = await open();
  await page.getByLabel('Order', { exact: true }).selectOption('File name');
  await expectFiles(page, ['chair.jpg', 'lamp.jpg', 'notes.txt']);
  await page.getByRole('button', { name: /reverse the order/ }).click();
  await expectFiles(page, ['notes.txt', 'lamp.jpg', 'chair.jpg']);
  const fields = await page.getByLabel('Order', { exact: true }).getByRole('option').all();
  expect(fields).toHaveLength(5);
  await page.goBack();
  await expectFiles(page, ['chair.jpg', 'lamp.jpg', 'notes.txt']);
});

test('the list has columns that sort it', async () => {
  const { page, checkAccessibility } = await open();
  await page.getByRole('button', { name: 'List', exact: true }).click();
  await expectFiles(page, ['notes.txt', 'chair.jpg', 'lamp.jpg']);
  const row = page.getByRole('row', { name: /lamp\.jpg/ });
  for (const text of ['Image', '64 × 48', 'brand/logos', 'tester'])
    await row.getByRole('gridcell', { name: text, exact: true }).waitFor();
  await page.getByRole('button', { name: 'Name' }).click();
  await expectFiles(page, ['chair.jpg', 'lamp.jpg', 'notes.txt']);
  const header = page.getByRole('columnheader', { name: 'Name' });
  expect(await header.getAttribute('aria-sort')).toBe('ascending');
  await page.getByRole('button', { name: 'Name' }).click();
  await expectFiles(page, ['notes.txt', 'lamp.jpg', 'chair.jpg']);
  await page.getByRole('button', { name: 'Size' }).click();
  await expect.poll(() => page.url()).toContain('order=FILE_SIZE&dir=DESC');
  await checkAccessibility();
});

const Deleted = z.object({
  deleteMedia: z.object({ mediaFile: z.object({ trashedAt: z.string() }) }),
});

test('the trash shows when files were deleted, with the last one first', async () => {
  const store = await openGraph(stack, 'library-files-trash');
  const ids = new Map<string, string>();
  for (const [index, filename] of ['first.jpg', 'second.jpg', 'third.jpg'].entries()) {
    const { mediaFile } = await store.upload(await plainJpeg(index), { filename });
    ids.set(filename, mediaFile!.id);
  }
  let day = '';
  for (const filename of ['third.jpg', 'first.jpg', 'second.jpg']) {
    const { data } = await store.ask(
      'mutation ($id: ID!) { deleteMedia(input: { id: $id }) { mediaFile { trashedAt } } }',
      { id: ids.get(filename) },
    );
    const { trashedAt } = Deleted.parse(data).deleteMedia.mediaFile;
    day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' }).format(new Date(trashedAt));
  }

  const { page, checkAccessibility } = await open({ graph: store });
  await page.getByText('There are no files yet.').waitFor();
  await page.getByRole('link', { name: 'Trash' }).click();
  await expectFiles(page, ['second.jpg', 'first.jpg', 'third.jpg']);
  const card = page.getByRole('gridcell', { name: 'second.jpg' });
  await card.getByText(`Deleted ${day}`, { exact: true }).waitFor();
  await checkAccessibility();

  const order = page.getByLabel('Order', { exact: true });
  expect(await order.inputValue()).toBe('TRASHED_AT');
  await order.selectOption('Date added');
  await expectFiles(page, ['third.jpg', 'second.jpg', 'first.jpg']);
  await page.getByRole('button', { name: 'List', exact: true }).click();
  await page.getByRole('button', { name: 'Deleted' }).click();
  await expectFiles(page, ['second.jpg', 'first.jpg', 'third.jpg']);
  await page.getByRole('button', { name: 'Deleted' }).click();
  await expectFiles(page, ['third.jpg', 'first.jpg', 'second.jpg']);
  const row = page.getByRole('row', { name: /second\.jpg/ });
  await row.getByRole('gridcell', { name: day, exact: true }).waitFor();
  expect(await page.getByRole('columnheader', { name: 'Added' }).count()).toBe(0);
  await checkAccessibility();
});

test('outside of the trash, files cannot be ordered by their deletion', async () => {
  const { page } = await open({ path: '/?order=TRASHED_AT' });
  await expectFiles(page, ['notes.txt', 'chair.jpg', 'lamp.jpg']);
  expect(await page.getByLabel('Order', { exact: true }).inputValue()).toBe('CREATED_AT');
});

test('a file links to its details, with the view in the URL', async () => {
  const { page } = await open({ path: '/?type=IMAGE' });
  const link = page.getByRole('link', { name: 'lamp.jpg' });
  expect(await link.getAttribute('href')).toMatch(/^\/library\/files\/[\da-f-]{36}\?type=IMAGE$/);
});

test('the arrow keys move through the grid', async () => {
  const { page } = await open();
  const cell = (name: string) => page.getByRole('gridcell', { name });
  await cell('notes.txt').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => cell('lamp.jpg').evaluate((it) => it.matches(':focus'))).toBe(true);
  await page.keyboard.press('Home');
  await expect.poll(() => cell('notes.txt').evaluate((it) => it.matches(':focus'))).toBe(true);
});

test('names are shown as text, whatever they contain', async () => {
  const hostile = await openGraph(stack, 'library-files-hostile');
  for (const [index, filename] of HOSTILE.entries())
    await hostile.upload(await plainJpeg(index), { filename, details: { title: filename } });
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, checkAccessibility } = await open({ graph: hostile, colorScheme });
    await expectFiles(page, HOSTILE.toReversed());
    await checkAccessibility();
    await library?.close();
  }
  const viewport = { width: 390, height: 844 };
  const { page, checkAccessibility } = await open({ graph: hostile, viewport });
  await expectFiles(page, HOSTILE.toReversed());
  const width = await page.evaluate('document.documentElement.scrollWidth');
  expect(width).toBe(viewport.width);
  await checkAccessibility();
});

test('an empty store invites to upload', async () => {
  const empty = await openGraph(stack, 'library-files-empty');
  const { page, checkAccessibility } = await open({ graph: empty });
  await page.getByText('There are no files yet.').waitFor();
  await page.getByText('Drop files anywhere on this page to upload them.').waitFor();
  await checkAccessibility();
  await page.getByRole('link', { name: 'Trash' }).click();
  await page.getByText('The trash is empty.').waitFor();
});

test('a graph that does not respond is reported, with a retry', async () => {
  const { page, complaints } = await open({ path: '/nowhere' });
  await page.route('**/graphql', (route) => route.fulfill({ status: 503, body: '' }));
  await page.getByRole('link', { name: 'Show all files' }).click();
  await page.getByText('The files could not be loaded.').waitFor();
  await page.unroute('**/graphql');
  await page.getByRole('button', { name: 'Try again' }).last().click();
  await expectFiles(page, ['notes.txt', 'chair.jpg', 'lamp.jpg']);
  expect(complaints.splice(0).every((text) => text.includes('503'))).toBe(true);
});
