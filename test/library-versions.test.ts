import type { Browser, FileChooser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noBrowser, openChromium } from './support/chromium.ts';
import {
  type DetailsPage,
  changeElsewhere,
  openDetails,
  quarters,
  recordingOf,
  smallPdf,
  storedFile,
} from './support/details-page.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { productsConsumer } from './support/products.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';

/** What the media library shows of a file's usages, versions and history, and how it deletes. */
const STORE = 'library-versions';

let browser: Browser | undefined;
let stack: SharedStack;
let graph: Graph;
let details: DetailsPage | undefined;

beforeAll(async () => {
  if (noBrowser) return;
  stack = await openSharedStack();
  graph = await openGraph(stack, STORE);
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

async function upload(hue: number, filename = 'photo.jpg', file: object = {}) {
  const { mediaFile } = await graph.upload(await quarters(hue), { filename, details: file });
  return mediaFile!.id;
}

async function open(id: string, options: object = {}) {
  details = await openDetails(browser!, { gatewayUrl: stack.gatewayUrl, graph, id, ...options });
  return details;
}

async function chooseIn(dialog: Locator, file: Parameters<FileChooser['setFiles']>[0]) {
  const opened = details!.page.waitForEvent('filechooser');
  await dialog.getByRole('button', { name: /^Choose/ }).click();
  await (await opened).setFiles(file);
}

/** A file that a product of this name uses. */
async function usedFile(hue: number, name: string) {
  const products = productsConsumer(async () => graph);
  const [id, productId] = [await upload(hue, `used ${hue}.jpg`), await products.create(STORE)];
  expect(await products.shown!.rename(STORE, productId, name)).toEqual([]);
  expect(await products.attach(STORE, productId, id)).toEqual([]);
  return id;
}

test('where a file is used is shown by name', async () => {
  const id = await usedFile(1, 'Reading <b>lamp</b>');
  const { drawer, checkAccessibility } = await open(id);
  await drawer.getByRole('tab', { name: 'Where used' }).click();
  await drawer.getByText('Used in 1 place').waitFor();
  await drawer.getByText('Product: Reading <b>lamp</b>').waitFor();
  await drawer.getByText('catalog · Gallery', { exact: true }).waitFor();
  await checkAccessibility();
});

test('deleting shows what would break before it happens, and needs a confirmation', async () => {
  const id = await usedFile(2, 'Desk');
  const { page, drawer, checkAccessibility } = await open(id);
  await drawer.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Move this file to the trash?' });
  await dialog.getByText('Product: Desk').waitFor();
  await checkAccessibility();
  const confirm = dialog.getByRole('button', { name: 'Move to the trash' });
  expect(await confirm.isDisabled()).toBe(true);
  expect(await storedFile(graph, id)).toMatchObject({ trashedAt: null });
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await drawer.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByRole('checkbox', { name: 'Delete it although it is used' }).check();
  await confirm.click();
  await drawer.getByText('This file is in the trash.').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({ trashedAt: expect.any(String) });
  await checkAccessibility();
});

test('an unused file goes to the trash, comes back, and is deleted permanently', async () => {
  const id = await upload(3, 'unused.jpg', { title: 'Unused' });
  const { page, drawer } = await open(id);
  const expectFocusIn = (target: Locator) =>
    expect
      .poll(() =>
        target.evaluate((element) => element.contains(element.ownerDocument.activeElement)),
      )
      .toBe(true);
  await drawer.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expectFocusIn(drawer.getByRole('button', { name: 'Delete' }));
  const moveToTrash = async () => {
    await drawer.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('It is not used anywhere.').waitFor();
    await page.getByRole('button', { name: 'Move to the trash' }).click();
    await drawer.getByText('This file is in the trash.').waitFor();
  };
  await moveToTrash();
  await expectFocusIn(drawer);
  expect(await drawer.getByRole('textbox', { name: 'Title', exact: true }).isDisabled()).toBe(true);
  await drawer.getByRole('button', { name: 'Restore' }).click();
  await page.getByText('The file was restored.').waitFor();
  await expectFocusIn(drawer);
  expect(await storedFile(graph, id)).toMatchObject({ trashedAt: null });
  await moveToTrash();
  const url = page.url();
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });
  await page.goto(url);
  await drawer.getByRole('button', { name: 'Delete permanently' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete this file permanently?' });
  await dialog.getByRole('button', { name: 'Delete permanently' }).click();
  await drawer.waitFor({ state: 'detached' });
  expect(await storedFile(graph, id)).toBeNull();
});

test('the bytes are replaced after a comparison, and an earlier version is restored', async () => {
  const id = await upload(4);
  const before = await storedFile(graph, id);
  const { page, drawer, checkAccessibility } = await open(id);
  // An unsaved change stays, and is no conflict with the replacement.
  await drawer.getByRole('textbox', { name: 'Title', exact: true }).fill('Typed before');
  await drawer.getByRole('tab', { name: 'Versions' }).click();
  await drawer.getByRole('button', { name: 'Replace the file' }).click();
  const dialog = page.getByRole('dialog', { name: 'Replace the file' });
  await chooseIn(dialog, {
    name: 'new.jpg',
    mimeType: 'image/jpeg',
    buffer: await quarters(50),
  });
  const slider = dialog.getByRole('slider');
  await slider.press('End');
  await expect.poll(() => slider.inputValue()).toBe('100');
  await checkAccessibility();
  await dialog.getByRole('button', { name: 'Replace', exact: true }).click();
  await page.getByText('The file was replaced.').waitFor();
  await drawer.getByText('Version 2').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({
    contentVersions: [
      { number: 2, current: true },
      { number: 1, current: false },
    ],
  });
  await drawer.getByRole('button', { name: 'Compare version 1' }).click();
  const comparison = page.getByRole('dialog', { name: 'Compare versions' });
  const images = comparison.locator('img');
  const names = () => images.evaluateAll((all) => all.map((image) => image.getAttribute('alt')));
  expect(await names()).toEqual(['Version 1', 'Version 2 (served now)']);
  const urls = await images.evaluateAll((all) => all.map((image) => image.getAttribute('src')!));
  const checksums = await Promise.all(
    urls.map(async (url) => (await fetch(url)).headers.get('etag')),
  );
  expect(new Set(checksums).size).toBe(2);
  expect(checksums).not.toContain(null);
  await checkAccessibility();
  await comparison.getByLabel('Left').selectOption('Version 2 (served now)');
  await expect.poll(names).toEqual(Array(2).fill('Version 2 (served now)'));
  await page.keyboard.press('Escape');
  const download = page.waitForEvent('download');
  await drawer.getByRole('link', { name: 'Download version 1' }).click();
  expect((await download).suggestedFilename()).toBe('photo.jpg');
  await drawer.getByRole('button', { name: 'Restore version 1' }).click();
  await page.getByText('Version 1 is served again.').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({ checksum: before!['checksum'] });
  await drawer.getByRole('button', { name: 'Save' }).click();
  await drawer.getByText('Saved').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({ title: 'Typed before' });
});

/** Another editor replaces the file. */
async function replaceElsewhere(id: string, bytes: Buffer) {
  expect(await graph.replace(id, bytes)).toEqual(REPLACED);
}
const REPLACED = { data: { replaceMediaContent: { userErrors: [] } } };

test('the versions are shown page by page, and one of an older page can be restored', async () => {
  const id = await upload(60);
  const bytes = await Promise.all([quarters(61), quarters(62)]);
  for (let number = 2; number <= 205; number += 1) await replaceElsewhere(id, bytes[number % 2]!);
  const { page, drawer } = await open(id);
  await drawer.getByRole('tab', { name: 'Versions' }).click();
  const versions = drawer.getByRole('list', { name: 'Versions of the file' }).getByRole('listitem');
  await expect.poll(() => versions.count()).toBe(100);
  const older = drawer.getByRole('button', { name: 'Show older versions' });
  await page.route('**/graphql', (route) => route.abort());
  await older.click();
  await page.getByText('The older versions could not be read.').waitFor();
  await page.unroute('**/graphql');
  details!.complaints.length = 0;
  await older.click();
  await expect.poll(() => versions.count()).toBe(200);
  await older.click();
  await expect.poll(() => versions.count()).toBe(205);
  expect(await older.count()).toBe(0);
  await drawer.getByRole('button', { name: 'Restore version 1', exact: true }).click();
  await page.getByText('Version 1 is served again.').waitFor();
  // Only the newest ones are read again.
  await expect.poll(() => versions.count()).toBe(100);
  await drawer.getByText('The version that is served is older than these.').waitFor();
  await drawer.getByRole('button', { name: 'Compare version 200' }).waitFor();
  await older.click();
  await expect.poll(() => versions.count()).toBe(200);
  await older.click();
  await drawer.getByText('Served now').waitFor();
  expect(await drawer.getByText('The version that is served is older').count()).toBe(0);
});

test('a replacement of another kind, a damaged one and an outdated one are refused in words', async () => {
  const id = await upload(5);
  const { page, drawer } = await open(id);
  await drawer.getByRole('tab', { name: 'Versions' }).click();
  await drawer.getByRole('button', { name: 'Replace the file' }).click();
  const dialog = page.getByRole('dialog', { name: 'Replace the file' });
  const choose = (name: string, mimeType: string, buffer: Buffer) =>
    chooseIn(dialog, { name, mimeType, buffer });
  const confirm = dialog.getByRole('button', { name: 'Replace', exact: true });
  await choose('clip.webm', 'video/webm', await recordingOf('clip.webm'));
  await dialog.getByText('The new file must be an image.').waitFor();
  expect(await confirm.isDisabled()).toBe(true);
  await choose('broken.jpg', 'image/jpeg', (await quarters(6)).subarray(0, 900));
  await confirm.click();
  await dialog.getByText('The file is damaged or incomplete.').waitFor();
  await changeElsewhere(graph, { id, details: { title: 'Theirs' } });
  await choose('new.jpg', 'image/jpeg', await quarters(7));
  await confirm.click();
  await dialog.getByText('Someone else changed this file.').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({ contentVersions: [{ number: 1 }] });
});

test('a replacement of another kind is refused by its kind, not by its name', async () => {
  const id = await upload(9);
  const { page, drawer } = await open(id);
  await drawer.getByRole('tab', { name: 'Versions' }).click();
  await drawer.getByRole('button', { name: 'Replace the file' }).click();
  const dialog = page.getByRole('dialog', { name: 'Replace the file' });
  const confirm = dialog.getByRole('button', { name: 'Replace', exact: true });
  const isAccepted = page.waitForEvent('filechooser');
  await dialog.getByRole('button', { name: /^Choose/ }).click();
  expect(await (await isAccepted).element().getAttribute('accept')).toBe('image/*');
  const choose = async (name: string, mimeType: string, buffer: Buffer) => {
    await chooseIn(dialog, { name, mimeType, buffer });
    await dialog.getByText(name).waitFor();
  };
  await choose('package.json', 'application/json', Buffer.from('{ "name": "shop" }'));
  await dialog.getByText('The new file must be an image.').waitFor();
  expect(await confirm.isDisabled()).toBe(true);
  await choose('leaflet.pdf', 'application/pdf', smallPdf());
  await dialog.getByText('The new file must be an image.').waitFor();
  expect(await confirm.isDisabled()).toBe(true);
  // Neither the name nor the browser tells what it is.
  await choose('leaflet', '', smallPdf());
  await confirm.click();
  await dialog.getByText('The new file must be of the same kind, and its content').waitFor();
  await choose('photo.png', 'image/png', await quarters(10));
  await confirm.click();
  await dialog.getByText('The content of the file does not match its name.').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({ contentVersions: [{ number: 1 }] });
});

test('the history says who changed what, page by page, in the language that is shown', async () => {
  const id = await upload(8, 'photo.jpg', { altText: 'x' });
  for (let at = 0; at < 21; at += 1) {
    await changeElsewhere(graph, { id, details: { folder: `folder ${at}` } });
  }
  await changeElsewhere(graph, {
    id,
    details: { altText: '<i>y</i>', tags: ['a', 'b'], decorative: true, visibility: 'PRIVATE' },
  });
  const { drawer } = await open(id, { locale: 'de-DE' });
  await drawer.getByRole('tab', { name: 'Verlauf' }).click();
  const newest = drawer.getByRole('tabpanel').getByRole('listitem').first();
  await expect.poll(() => newest.textContent()).toContain('tester hat die Datei geändert');
  const text = (await newest.textContent()) ?? '';
  expect(text).toContain('Alternativtext: x → <i>y</i>');
  expect(text).toContain('Schlagwörter: leer → a, b');
  expect(text).toContain('Nur Schmuck: nein → ja');
  expect(text).toContain('Wer sie sehen kann: Alle → Nur wer einen Link hat');
  await drawer.getByRole('button', { name: 'Ältere Änderungen anzeigen' }).click();
  await drawer.getByText('hat die Datei hochgeladen').waitFor();
});
