import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { noBrowser, openChromium } from './support/chromium.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { type LibraryPage, isHit, openLibrary } from './support/library-page.ts';
import { plainJpeg } from './support/pictures.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';

/** Selecting files in the media library, and changing many at once. */
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

/** The gateway limits the uploads of a store. */
const AT_ONCE = 3;

/** Uploads these files to a new store. */
async function fill(name: string, filenames: string[]) {
  const graph: Graph = await openGraph(stack, `library-selection-${name}`);
  const bytes = await plainJpeg(1);
  const ids: string[] = [];
  for (let from = 0; from < filenames.length; from += AT_ONCE) {
    const uploads = filenames.slice(from, from + AT_ONCE).map(async (filename, index) => {
      const { mediaFile } = await graph.upload(
        Buffer.concat([bytes, Buffer.from(`${from + index}`)]),
        { filename, details: { altText: filename } },
      );
      return mediaFile!.id;
    });
    ids.push(...(await Promise.all(uploads)));
  }
  return { graph, ids };
}

const filled = new Map<string, ReturnType<typeof fill>>();

/** The library of a store with these files, from A to Z. */
async function open(name: string, filenames: string[], options: object = {}) {
  const store = filled.get(name) ?? fill(name, filenames);
  filled.set(name, store);
  const { graph, ids } = await store;
  library = await openLibrary(browser!, {
    gatewayUrl: stack.gatewayUrl,
    graph,
    path: '/?order=ORIGINAL_FILENAME',
    ...options,
  });
  return { ...library, graph, ids };
}

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `${String(index).padStart(3, '0')}.jpg`);
const Created = z.object({ createProduct: z.object({ product: z.object({ id: z.string() }) }) });
const bar = (page: Page) => page.getByRole('toolbar', { name: 'Selected files' });
const check = (page: Page, name: string) => page.getByRole('checkbox', { name: `Select ${name}` });
const expectSelected = (page: Page, count: number) =>
  bar(page).getByText(`${count} selected`, { exact: true }).waitFor();
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

test('files are selected by click, with Shift and by keyboard', async () => {
  const { page, checkAccessibility } = await open('ways', numbered(12));
  await check(page, '001.jpg').click();
  await check(page, '004.jpg').click({ modifiers: ['Shift'] });
  await expectSelected(page, 4);
  await check(page, '002.jpg').click();
  await expectSelected(page, 3);
  await checkAccessibility();
  await page.getByRole('gridcell', { name: '005.jpg' }).focus();
  await page.keyboard.press('Escape');
  await bar(page).waitFor({ state: 'detached' });
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await expectSelected(page, 3);
  await page.keyboard.press('Shift+ArrowLeft');
  await expectSelected(page, 2);
  await page.keyboard.press('Control+a');
  await expectSelected(page, 12);
});

test('all matching files are selected, on all pages, and moved', async () => {
  const { page, graph } = await open('many', numbered(130));
  await check(page, '000.jpg').click();
  await press(page, 'Select all 130 matching');
  await expectSelected(page, 130);
  await press(page, 'Move');
  const dialog = page.getByRole('dialog', { name: 'Move 130 files' });
  await dialog.getByRole('combobox', { name: 'Folder' }).fill('archive/<i>2026');
  await dialog.getByRole('button', { name: 'Move' }).click();
  await page.getByText('130 files were changed.').waitFor();
  await page.getByRole('treeitem', { name: 'archive 130 files' }).waitFor();
  const { data } = await graph.ask(
    '{ mediaLibrary(filter: { folder: "archive/<i>2026" }) { totalCount } }',
  );
  expect(data).toEqual({ mediaLibrary: { totalCount: 130 } });
});

test('what was to be selected in one view is not selected in another one', async () => {
  const { page } = await open('many', numbered(130));
  const { promise: isReleased, resolve: release } = Promise.withResolvers<void>();
  const { promise: isHeld, resolve: held } = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (!route.request().postData()?.includes('MatchingIds')) return route.fallback();
    held();
    await isReleased;
    // The app may have cancelled it.
    return route.continue().catch(() => undefined);
  });
  await check(page, '000.jpg').click();
  await press(page, 'Select all 130 matching');
  await isHeld;
  await page.getByRole('link', { name: 'Trash' }).click();
  await page.getByText('The trash is empty.').waitFor();
  release();
  await page.waitForTimeout(500);
  expect(await bar(page).count()).toBe(0);
  expect(await page.getByRole('progressbar', { name: 'Collecting' }).count()).toBe(0);
});

/** The change waits until it is released. */
async function startMakingPrivate(page: Page, name: string) {
  const { promise: isReleased, resolve: release } = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('UpdateFiles')) await isReleased;
    await route.fallback();
  });
  await check(page, name).click();
  await press(page, 'Visibility');
  await page.getByRole('menuitem', { name: 'Make private' }).click();
  return release;
}

test('keys act on the focused file after another one was added before it', async () => {
  const { page, graph } = await open('keys', numbered(3));
  const release = await startMakingPrivate(page, '000.jpg');
  await page.getByRole('gridcell', { name: '001.jpg' }).focus();
  await graph.upload(await plainJpeg(7), { filename: '000a.jpg' });
  release();
  await check(page, '000a.jpg').waitFor();
  await page.keyboard.press('Space');
  await expectSelected(page, 2);
  expect(await check(page, '001.jpg').isChecked()).toBe(true);
});

test('further pages are read while scrolling, up to the last file', async () => {
  const { page } = await open('many', numbered(130), {
    path: '/?order=ORIGINAL_FILENAME&view=list',
  });
  await page.getByRole('link', { name: '000.jpg' }).waitFor();
  await page.getByText('of 130').waitFor();
  await page.getByRole('link', { name: '000.jpg' }).hover();
  await expect
    .poll(async () => {
      await page.mouse.wheel(0, 2_000);
      return page.getByRole('link', { name: '129.jpg' }).count();
    })
    .toBe(1);
  // The focused file stays; the others that are out of view are removed.
  expect(await page.getByRole('link', { name: '003.jpg' }).count()).toBe(0);
  // Images of files that pass by fast are read when the list stands still.
  await page
    .getByRole('row', { name: /129\.jpg/ })
    .locator('img')
    .waitFor();
});

test('tags and visibility of many files are changed', async () => {
  const { page, graph } = await open('tags', numbered(3));
  await check(page, '000.jpg').click();
  await check(page, '002.jpg').click();
  await press(page, 'Tags');
  const dialog = page.getByRole('dialog', { name: 'Tags of 2 files' });
  await dialog.getByRole('combobox', { name: 'Add these tags' }).fill('winter');
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('2 files were changed.').waitFor();
  await press(page, 'Visibility');
  await page.getByRole('menuitem', { name: 'Make private' }).click();
  await expect.poll(() => page.getByRole('img', { name: 'Private' }).count()).toBe(2);
  const { data } = await graph.ask(
    '{ mediaLibrary(filter: { tags: ["winter"] }) { nodes { visibility } } }',
  );
  const nodes = [{ visibility: 'PRIVATE' }, { visibility: 'PRIVATE' }];
  expect(data).toEqual({ mediaLibrary: { nodes } });
});

test('deleting shows which files are in use, and can be undone', async () => {
  const { page, graph, ids, checkAccessibility } = await open('delete', numbered(3));
  const created = await graph.ask(
    'mutation { createProduct(input: { sku: "lamp", name: "Reading lamp" }) { product { id } userErrors { message } } }',
  );
  const { createProduct } = Created.parse(created.data);
  await graph.ask(
    'mutation ($input: AttachMediaToProductInput!) { attachMediaToProduct(input: $input) { userErrors { message } } }',
    { input: { productId: createProduct.product.id, mediaId: ids[1] } },
  );
  await page.reload();
  for (const name of numbered(3)) await check(page, name).click();
  await press(page, 'Delete');
  const dialog = page.getByRole('dialog', { name: 'Delete 3 files' });
  await dialog.getByText('1 of them is in use').waitFor();
  await dialog.getByText('Reading lamp').waitFor();
  await checkAccessibility();
  await dialog.getByRole('button', { name: 'Move 2 files to the trash' }).click();
  await page.getByText('2 files are in the trash.').waitFor();
  await expect
    .poll(() => page.getByRole('grid').getByRole('link').allTextContents())
    .toEqual(['001.jpg']);
  await page.getByRole('alert').getByRole('button', { name: 'Restore' }).click();
  await expect.poll(() => page.getByRole('grid').getByRole('link').count()).toBe(3);

  await page.reload();
  await check(page, '001.jpg').click();
  await press(page, 'Delete');
  await page.getByRole('checkbox', { name: 'Also delete the file that is in use' }).check();
  await page.getByRole('button', { name: 'Move 1 file to the trash' }).click();
  await expect.poll(() => page.getByRole('grid').getByRole('link').count()).toBe(2);
});

test('a file that leaves the view in its details is no longer selected', async () => {
  const { page } = await open('leave', numbered(3));
  const drawer = page.getByRole('dialog', { name: '000.jpg' });
  const details = async (action: string) => {
    await page.getByRole('grid').getByRole('link', { name: '000.jpg' }).click();
    await drawer.getByRole('button', { name: action }).click();
  };
  const close = async () => {
    await drawer.getByRole('button', { name: 'Close' }).click();
    await drawer.waitFor({ state: 'detached' });
  };
  await check(page, '000.jpg').click();
  await check(page, '001.jpg').click();
  await details('Delete');
  await page.getByRole('button', { name: 'Move to the trash' }).click();
  await drawer.getByText('This file is in the trash.').waitFor();
  await close();
  await expectSelected(page, 1);
  expect(await check(page, '001.jpg').isChecked()).toBe(true);

  await page.getByRole('link', { name: 'Trash' }).click();
  await check(page, '000.jpg').click();
  await expectSelected(page, 1);
  await press(page, 'Delete permanently');
  const question = page.getByRole('dialog', { name: 'Delete 1 file permanently' });
  await question.getByText('000.jpg').waitFor();
  await question.getByText('The file and all its versions').waitFor();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  await details('Restore');
  await page.getByText('The file was restored.').waitFor();
  await close();
  await page.getByText('The trash is empty.').waitFor();
  await bar(page).waitFor({ state: 'detached' });
});

test('a file that loses the tag of the view is no longer selected', async () => {
  const { page, graph, ids } = await open('untag', numbered(4));
  const addTags = ['winter', 'snow'];
  await graph.ask(
    'mutation ($input: UpdateMediaFilesInput!) { updateMediaFiles(input: $input) { userErrors { code } } }',
    { input: { ids, addTags } },
  );
  await page.goto(`${stack.gatewayUrl}/library/?order=ORIGINAL_FILENAME&tag=winter`);
  await check(page, '000.jpg').click();
  await check(page, '001.jpg').click();
  const remove = async (count: number, tag: string) => {
    await press(page, 'Tags');
    const dialog = page.getByRole('dialog', { name: `Tags of ${count} file` });
    await dialog.getByRole('combobox', { name: 'Remove these tags' }).fill(tag);
    await dialog.getByRole('button', { name: 'Apply' }).click();
  };
  await remove(2, 'snow');
  await page.getByText('2 files were changed.').waitFor();
  await expectSelected(page, 2);
  await remove(2, 'winter');
  await bar(page).waitFor({ state: 'detached' });
  const links = page.getByRole('grid').getByRole('link');
  await expect.poll(() => links.allTextContents()).toEqual(['002.jpg', '003.jpg']);

  await check(page, '002.jpg').click();
  await check(page, '003.jpg').click();
  await links.filter({ hasText: '002.jpg' }).click();
  const drawer = page.getByRole('dialog', { name: '002.jpg' });
  await drawer.getByRole('combobox', { name: 'Tags' }).press('Backspace');
  await drawer.getByRole('combobox', { name: 'Tags' }).press('Backspace');
  await drawer.getByRole('button', { name: 'Save' }).click();
  await drawer.getByText('Saved').waitFor();
  await drawer.getByRole('button', { name: 'Close' }).click();
  await drawer.waitFor({ state: 'detached' });
  await expectSelected(page, 1);
  expect(await check(page, '003.jpg').isChecked()).toBe(true);
});

test('leaving the page while files are changed is confirmed first', async () => {
  const { page } = await open('leaving', numbered(2));
  const release = await startMakingPrivate(page, '000.jpg');
  await page.getByText('Changing files', { exact: true }).waitFor();
  const asked = page.waitForEvent('dialog', { timeout: 10_000 });
  const left = page.goto('about:blank').catch(() => {});
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await left;
  release();
  await page.getByText('1 file was changed.').waitFor();
  // Nothing asks any more.
  await page.reload();
  await page.getByRole('img', { name: 'Private' }).waitFor();
});

test('the trash restores files and deletes them permanently, and lists those that fail', async () => {
  const { page, graph, ids, checkAccessibility } = await open('trash', numbered(4));
  await graph.ask(
    'mutation ($ids: [ID!]!) { deleteMediaFiles(input: { ids: $ids }) { userErrors { code } } }',
    { ids },
  );
  await page.getByRole('link', { name: 'Trash' }).click();
  await page.getByLabel('Order', { exact: true }).selectOption('File name');
  const links = page.getByRole('grid').getByRole('link');
  await expect.poll(() => links.allTextContents()).toEqual(numbered(4));
  await check(page, '000.jpg').click();
  await bar(page).getByRole('button', { name: 'Restore' }).click();
  await page.getByText('1 file was restored.').waitFor();
  await expect.poll(() => links.count()).toBe(3);
  await checkAccessibility();
  for (const name of numbered(4).slice(1)) await check(page, name).click();
  // Somebody else restores one of them in the meantime, and purges another one.
  await graph.ask(
    'mutation ($id: ID!) { restoreMedia(input: { id: $id }) { userErrors { code } } }',
    { id: ids[1] },
  );
  await graph.ask(
    'mutation ($id: ID!) { purgeMedia(input: { id: $id }) { userErrors { code } } }',
    { id: ids[2] },
  );
  await press(page, 'Delete permanently');
  await page
    .getByRole('dialog', { name: 'Delete 3 files permanently' })
    .getByRole('button', { name: 'Delete permanently' })
    .click();
  const results = page.getByRole('dialog', { name: '2 files failed' });
  await results.getByText('001.jpg').waitFor();
  await results.getByText('This file is no longer in the trash').waitFor();
  await results.getByText('This file no longer exists.').waitFor();
  await results.getByText('It worked for 1 other file.').waitFor();
  await checkAccessibility();
  await results.getByRole('button', { name: 'Close' }).last().click();
  await bar(page).waitFor({ state: 'detached' });
  const { data } = await graph.ask('query ($ids: [ID!]!) { mediaFiles(ids: $ids) { id } }', {
    ids,
  });
  expect(data).toEqual({ mediaFiles: [{ id: ids[0] }, { id: ids[1] }, null, null] });
});

test('files are downloaded as one ZIP with distinct names, without those that fail', async () => {
  const names = ['photo.jpg', 'Photo.jpg', 'photo.jpg', '🎉.jpg', 'lost.jpg'];
  const { page, complaints } = await open('zip', names);
  await page.route('**/media/**', async (route) => {
    const isLost =
      route.request().resourceType() === 'fetch' &&
      lostUrl !== '' &&
      route.request().url().includes(lostUrl);
    await (isLost ? route.fulfill({ status: 404, body: '' }) : route.fallback());
  });
  const link = await page.getByRole('link', { name: 'lost.jpg' }).getAttribute('href');
  const lostUrl = /files\/([\da-f-]+)/.exec(link ?? '')?.[1] ?? '';
  await page.getByRole('gridcell').first().focus();
  await page.keyboard.press('Control+a');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    press(page, 'Download as ZIP'),
  ]);
  expect(download.suggestedFilename()).toMatch(/^media-\d{4}-\d\d-\d\d\.zip$/);
  const path = await download.path();
  await promisify(execFile)('unzip', ['-tq', path]);
  const { stdout } = await promisify(execFile)('unzip', ['-Z1', path]);
  expect(stdout.trim().split('\n')).toHaveLength(4);
  for (const name of ['photo (2).jpg', 'photo (3).jpg'])
    expect(stdout.toLowerCase()).toContain(name);
  const results = page.getByRole('dialog', { name: '1 file failed' });
  await results.getByText('lost.jpg').waitFor();
  expect(complaints.splice(0).every((text) => text.includes('404'))).toBe(true);
});

const SIZES = [
  ['in a wide window', { width: 1_400, height: 900 }],
  ['in a low window', { width: 1_024, height: 500 }],
  ['on a phone', { width: 390, height: 844 }],
] as const;

/** The middle of an element in the window. */
async function placeOf(target: Locator) {
  await target.scrollIntoViewIfNeeded();
  const box = (await target.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Clicks where the element is: what covers it would get the click. */
async function clickPlace(page: Page, target: Locator) {
  const { x, y } = await placeOf(target);
  await page.mouse.click(x, y);
}

async function expectUncovered(target: Locator) {
  await target.scrollIntoViewIfNeeded();
  expect(await isHit(target)).toBe(true);
}

test.each(SIZES)('suggestions cover no button of a dialog %s', async (size, viewport) => {
  const { page, graph, ids, checkAccessibility } = await open(
    `suggestions-${size.replaceAll(' ', '-')}`,
    numbered(2),
    { viewport },
  );
  const names = (name: string) => Array.from({ length: 12 }, (_, at) => `${name} ${at + 10}`);
  const update =
    'mutation ($input: UpdateMediaFilesInput!) { updateMediaFiles(input: $input) { userErrors { code } } }';
  await graph.ask(update, { input: { ids: [ids[1]], addTags: names('sky') } });
  for (const path of names('products')) {
    await graph.ask(
      'mutation ($path: String!) { createMediaFolder(input: { path: $path }) { userErrors { code } } }',
      { path },
    );
  }
  await page.reload();
  const options = page.getByRole('option').filter({ visible: true });
  await check(page, '000.jpg').click();
  await press(page, 'Tags');
  const tags = page.getByRole('dialog', { name: 'Tags of 1 file' });
  const apply = tags.getByRole('button', { name: 'Apply' });
  const cancel = tags.getByRole('button', { name: 'Cancel' });
  const [add, remove] = ['Add these tags', 'Remove these tags'].map((name) =>
    tags.getByRole('combobox', { name }),
  );
  await add!.fill('sky');
  await options.filter({ hasText: 'sky 10' }).waitFor();
  for (const target of [remove!, cancel, apply]) await expectUncovered(target);
  await checkAccessibility();
  await add!.press('Enter');
  await expect.poll(() => options.count()).toBe(0);
  // The next tag opens the list again, and its choice closes it.
  await add!.pressSequentially('sky 1');
  await options.filter({ hasText: 'sky 12' }).click();
  await expect.poll(() => options.count()).toBe(0);
  await add!.click();
  await options.first().waitFor();
  await remove!.fill('sky');
  await options.filter({ hasText: 'sky 11' }).waitFor();
  for (const target of [add!, cancel, apply]) await expectUncovered(target);
  await remove!.clear();
  await clickPlace(page, apply);
  await tags.waitFor({ state: 'detached' });
  await page.getByText('1 file was changed.').waitFor();

  await press(page, 'Move');
  const move = page.getByRole('dialog', { name: 'Move 1 file' });
  await move.getByRole('combobox', { name: 'Folder' }).fill('pro');
  await options.filter({ hasText: 'products 10' }).waitFor();
  await expectUncovered(move.getByRole('button', { name: 'Cancel' }));
  await clickPlace(page, move.getByRole('button', { name: 'Move' }));
  await move.waitFor({ state: 'detached' });
  await expect
    .poll(async () => {
      const { data } = await graph.ask('query ($id: ID!) { mediaFile(id: $id) { folder tags } }', {
        id: ids[0],
      });
      return data;
    })
    .toEqual({ mediaFile: { folder: 'pro', tags: ['sky', 'sky 12'] } });
});

test('the second click of a double click does nothing beneath the dialog that the first one closed', async () => {
  const { page } = await open('double-clicks', numbered(40));
  const tiles = page.getByRole('grid').getByRole('link');
  const details = page.getByRole('dialog', { name: /\.jpg$/ });
  /** A double click at the place of a button; another click of it lands on a tile. */
  const doubleClick = async (button: Locator) => {
    const { x, y } = await placeOf(button);
    await page.mouse.dblclick(x, y);
  };
  const expectNothingOpened = async () => {
    expect(new URL(page.url()).pathname).toBe('/library/');
    expect(await details.count()).toBe(0);
  };
  await tiles.first().waitFor();
  await check(page, '000.jpg').click();

  await press(page, 'Tags');
  const tags = page.getByRole('dialog', { name: 'Tags of 1 file' });
  await tags.getByRole('combobox', { name: 'Add these tags' }).fill('winter');
  await doubleClick(tags.getByRole('button', { name: 'Apply' }));
  await page.getByText('1 file was changed.').waitFor();
  await expectNothingOpened();
  await expectSelected(page, 1);

  await press(page, 'Tags');
  await doubleClick(tags.getByRole('button', { name: 'Cancel' }));
  await tags.waitFor({ state: 'detached' });
  await expectNothingOpened();
  await expectSelected(page, 1);

  await press(page, 'Move');
  const move = page.getByRole('dialog', { name: 'Move 1 file' });
  await move.getByRole('combobox', { name: 'Folder' }).fill('winter');
  await doubleClick(move.getByRole('button', { name: 'Move' }));
  await page.getByRole('treeitem', { name: 'winter 1 file' }).waitFor();
  await expectNothingOpened();
  await expectSelected(page, 1);

  // The overlay of a dialog closes it, too.
  await press(page, 'Move');
  await move.waitFor();
  const { x, y } = await placeOf(tiles.nth(12));
  await page.mouse.dblclick(x, y);
  await move.waitFor({ state: 'detached' });
  await expectNothingOpened();

  // The first click opens the details; the second one does not close them.
  await tiles.nth(12).dblclick();
  await details.waitFor();
  await details.getByRole('tab').first().waitFor();
});
