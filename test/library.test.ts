import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { plainJpeg } from './support/pictures.ts';
import { noBrowser, openChromium } from './support/chromium.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { type LibraryPage, openLibrary } from './support/library-page.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';

/** The frame of all screens of the media library. */
let browser: Browser | undefined;
let stack: SharedStack;
let graph: Graph;
let library: LibraryPage | undefined;

beforeAll(async () => {
  if (noBrowser) return;
  stack = await openSharedStack();
  graph = await openGraph(stack, 'library');
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

test('the files of the store are shown', async () => {
  await graph.upload(await plainJpeg(40), { filename: 'first.jpg' });
  const { page, checkAccessibility } = await open();
  await page.getByText('first.jpg').waitFor();
  await checkAccessibility();
});

test('a browser that prefers German gets German texts', async () => {
  const { page } = await open({ locale: 'de-AT' });
  await page.getByRole('heading', { name: 'Dateien' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('de');
});

test('the language and the appearance are kept for the next visit', async () => {
  const { page, checkAccessibility } = await open();
  await page.getByRole('button', { name: /Language/ }).click();
  await page.getByRole('menuitemradio', { name: 'Deutsch' }).click();
  await page.getByRole('menuitemradio', { name: 'Dunkel' }).click();
  await page.reload();
  await page.getByRole('heading', { name: 'Dateien' }).waitFor();
  expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark');
  await checkAccessibility();
});

test('an unknown URL is reported, with a way to all files', async () => {
  const { page, checkAccessibility } = await open({ path: '/nowhere' });
  await page.getByText('There is nothing at this URL.').waitFor();
  await checkAccessibility();
  await page.getByRole('link', { name: 'Show all files' }).click();
  await page.getByRole('heading', { name: 'Files' }).waitFor();
});
