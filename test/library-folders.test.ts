import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noBrowser, openChromium } from './support/chromium.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { type LibraryPage, openLibrary } from './support/library-page.ts';
import { plainJpeg } from './support/pictures.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';

/** Folders in the media library. */
let browser: Browser | undefined;
let stack: SharedStack;
let library: LibraryPage | undefined;

beforeAll(async () => {
  if (noBrowser) return;
  stack = await openSharedStack();
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

/** A store with one file in each of the folders. */
async function open(name: string, folders: string[], options: object = {}) {
  const graph: Graph = await openGraph(stack, `library-folders-${name}`);
  for (const [index, folder] of folders.entries()) {
    const details = { folder };
    await graph.upload(await plainJpeg(index), { filename: `${index}.jpg`, details });
  }
  library = await openLibrary(browser!, { gatewayUrl: stack.gatewayUrl, graph, ...options });
  return library;
}

const folder = (page: Page, name: string) => page.getByRole('treeitem', { name });
const expectFocus = (page: Page, name: string) =>
  expect.poll(() => folder(page, name).evaluate((item) => item.matches(':focus'))).toBe(true);

test('a folder shows its files and those below it, with their count', async () => {
  const { page, checkAccessibility } = await open('shown', ['brand', 'brand/logos', 'general']);
  await folder(page, 'All files 3 files').waitFor();
  await folder(page, 'brand 2 files').click();
  await expect
    .poll(() => page.getByRole('grid').getByRole('link').allTextContents())
    .toEqual(['1.jpg', '0.jpg']);
  expect(page.url()).toContain('folder=brand');
  await checkAccessibility();
  await page.goBack();
  await page.getByRole('link', { name: '2.jpg' }).waitFor();
});

test('no count is shown before it is known', async () => {
  const { page } = await open('counts', ['general'], { path: '/nowhere' });
  const held = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('mediaFolders')) await held.promise;
    await route.fallback();
  });
  await page.getByRole('link', { name: 'Show all files' }).click();
  await page.getByRole('grid').getByRole('link').waitFor();
  expect(await folder(page, 'All files').textContent()).toBe('All files');
  held.resolve();
  await folder(page, 'All files 1 file').waitFor();
});

test('the tree is used by keyboard alone', async () => {
  const { page } = await open('keyboard', ['art/oil/old', 'brand', 'general']);
  await folder(page, 'art').waitFor();
  await folder(page, 'All files').focus();
  await page.keyboard.press('ArrowDown');
  await expectFocus(page, 'art');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expectFocus(page, 'oil');
  expect(await folder(page, 'oil').getAttribute('aria-level')).toBe('2');
  await page.keyboard.press('ArrowLeft');
  await expectFocus(page, 'art');
  await page.keyboard.press('ArrowLeft');
  expect(await folder(page, 'art').getAttribute('aria-expanded')).toBe('false');
  await page.keyboard.press('g');
  await expectFocus(page, 'general');
  await page.keyboard.press('Home');
  await expectFocus(page, 'All files');
  await page.keyboard.press('b');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.url()).toContain('folder=brand');
  await page.keyboard.press('F2');
  const dialog = page.getByRole('dialog', { name: 'Rename folder' });
  await dialog.getByLabel('Name').fill('identity');
  await page.keyboard.press('Enter');
  await folder(page, 'identity').waitFor();
  await expect.poll(() => page.url()).toContain('folder=identity');
  await page.getByRole('link', { name: '1.jpg' }).waitFor();
});

test('folders are created, moved and deleted by menu, and problems are explained', async () => {
  const { page, checkAccessibility } = await open('menu', ['brand', 'press']);
  await page.getByRole('button', { name: 'New folder' }).click();
  let dialog = page.getByRole('dialog', { name: 'New folder' });
  await dialog.getByLabel('Name').fill('brand');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByRole('alert').getByText('already a folder').waitFor();
  await checkAccessibility();
  await dialog.getByLabel('Name').fill('<b>2026 🎉');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.waitFor({ state: 'detached' });
  // It is open now.
  expect(new URL(page.url()).searchParams.get('folder')).toBe('<b>2026 🎉');
  await folder(page, '2026').and(page.locator('[aria-selected=true]')).waitFor();
  const actions = page.getByRole('button', { name: 'Actions for the folder' });
  await actions.click();
  await page.getByRole('menuitem', { name: 'Move to…' }).click();
  dialog = page.getByRole('dialog', { name: 'Move folder' });
  await dialog.getByLabel('In folder').selectOption('press');
  await dialog.getByRole('button', { name: 'Move' }).click();
  await expect.poll(() => folder(page, '2026').getAttribute('aria-level')).toBe('2');
  await actions.click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await folder(page, '2026').waitFor({ state: 'detached' });
  await folder(page, 'press').click();
  await actions.click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  dialog = page.getByRole('dialog', { name: 'Delete folder' });
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByText('still contains files or folders').waitFor();
});

test('folders and files are dragged onto folders', async () => {
  const { page } = await open('drag', ['brand', 'press', 'general', 'general']);
  await folder(page, 'press').dragTo(folder(page, 'brand 1 file'));
  await folder(page, 'brand 2 files').waitFor();
  await page.getByRole('checkbox', { name: 'Select 2.jpg' }).check();
  await page.getByRole('checkbox', { name: 'Select 3.jpg' }).check();
  await page.getByRole('gridcell', { name: '3.jpg' }).dragTo(folder(page, 'brand'));
  await folder(page, 'brand 4 files').waitFor();
  await folder(page, 'brand 4 files').click();
  await expect.poll(() => page.getByRole('grid').getByRole('link').count()).toBe(4);
});

test('on a phone, the folders are in a drawer', async () => {
  const viewport = { width: 390, height: 844 };
  const { page, checkAccessibility } = await open('phone', ['brand', 'general'], { viewport });
  await page.getByRole('button', { name: 'Folders' }).click();
  await page.getByRole('dialog', { name: 'Folders' }).waitFor();
  await checkAccessibility();
  await folder(page, 'brand').click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect
    .poll(() => page.getByRole('grid').getByRole('link').allTextContents())
    .toEqual(['0.jpg']);
});
