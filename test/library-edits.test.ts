import type { Browser, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noBrowser, openChromium } from './support/chromium.ts';
import {
  type DetailsPage,
  changeElsewhere,
  deleteElsewhere,
  openDetails,
  quarters,
  storedFile,
} from './support/details-page.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { openLibrary } from './support/library-page.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';

/** Saving what was changed in the details of a file: errors, other editors, the trash, and leaving before it is saved. */
let browser: Browser | undefined;
let stack: SharedStack;
let graph: Graph;
let details: DetailsPage | undefined;
let expectedComplaints: RegExp | null = null;

beforeAll(async () => {
  if (noBrowser) return;
  stack = await openSharedStack();
  graph = await openGraph(stack, 'library-edits');
  browser = await openChromium();
});
afterAll(() => browser?.close());
beforeEach(({ skip }) => {
  if (noBrowser) skip(noBrowser);
});
afterEach(async () => {
  const complaints = details?.complaints.filter((one) => !expectedComplaints?.test(one)) ?? [];
  await details?.close();
  details = undefined;
  expectedComplaints = null;
  expect(complaints).toEqual([]);
});

async function upload(bytes: Buffer, filename = 'photo.jpg', file: object = {}) {
  const { mediaFile, userErrors } = await graph.upload(bytes, { filename, details: file });
  expect(userErrors).toEqual([]);
  return mediaFile!.id;
}

async function open(id: string, options: object = {}) {
  details = await openDetails(browser!, { gatewayUrl: stack.gatewayUrl, graph, id, ...options });
  return details;
}

const operationOf = (route: Route) =>
  /"operationName":"(\w+)"/.exec(route.request().postData() ?? '')?.[1];

test('a value that the server rejects is marked at its field, and nothing is lost', async () => {
  const id = await upload(await quarters(6));
  const { drawer } = await open(id);
  await drawer.getByRole('textbox', { name: 'Title', exact: true }).fill('Kept');
  const folder = drawer.getByRole('combobox', { name: 'Folder' });
  await folder.fill('a/b/c/d/e/f/g/h/i/j/k/l');
  await drawer.getByRole('button', { name: 'Save' }).click();
  await drawer.getByText('Correct the marked fields').waitFor();
  expect(await folder.getAttribute('aria-invalid')).toBe('true');
  await drawer.getByText(/The folder path is too deep/).waitFor();
  await folder.fill('a/b');
  await drawer.getByRole('button', { name: 'Save' }).click();
  await drawer.getByText('Saved').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({ title: 'Kept', folder: 'a/b' });
});

test('without a connection nothing that was typed is lost', async () => {
  expectedComplaints = /ERR_INTERNET_DISCONNECTED/;
  const id = await upload(await quarters(7));
  const { drawer, context } = await open(id);
  const title = drawer.getByRole('textbox', { name: 'Title', exact: true });
  await title.fill('Typed offline');
  await context.setOffline(true);
  await drawer.getByRole('button', { name: 'Save' }).click();
  await drawer.getByText('The server could not be reached.').waitFor();
  expect(await title.inputValue()).toBe('Typed offline');
  await context.setOffline(false);
  await drawer.getByRole('button', { name: 'Save' }).click();
  await drawer.getByText('Saved').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({ title: 'Typed offline' });
});

test('two editors: both versions are shown, and each field is chosen', async () => {
  const id = await upload(await quarters(8), 'photo.jpg', { title: 'Old', description: 'Old' });
  const { page, drawer, checkAccessibility } = await open(id);
  await drawer.getByRole('textbox', { name: 'Title', exact: true }).fill('Mine');
  await drawer.getByRole('textbox', { name: 'Description', exact: true }).fill('My note');
  await changeElsewhere(graph, {
    id,
    details: { title: 'Theirs', description: 'Their note', credit: 'Their credit' },
  });
  await page.keyboard.press('Control+s');
  const dialog = page.getByRole('dialog', { name: 'Someone else changed this file' });
  await dialog.getByText('Also changed by someone else, and kept: Credit').waitFor();
  await checkAccessibility();
  expect(await storedFile(graph, id)).toMatchObject({ title: 'Theirs' });
  const description = dialog.getByRole('radiogroup', { name: 'Description' });
  await description.getByText('Their note').waitFor();
  await description.getByRole('radio', { name: 'Stored now' }).check();
  await dialog.getByRole('button', { name: 'Save what I chose' }).click();
  await drawer.getByText('Saved').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({
    title: 'Mine',
    description: 'Their note',
    credit: 'Their credit',
  });
});

test('a change of another editor is compared too when the bytes were to be replaced', async () => {
  const id = await upload(await quarters(11), 'photo.jpg', { title: 'Old' });
  const { page, drawer } = await open(id);
  await drawer.getByRole('textbox', { name: 'Title', exact: true }).fill('Mine');
  await changeElsewhere(graph, { id, details: { title: 'Theirs' } });
  await drawer.getByRole('tab', { name: 'Versions' }).click();
  await drawer.getByRole('button', { name: 'Replace the file' }).click();
  const replacing = page.getByRole('dialog', { name: 'Replace the file' });
  const chooser = page.waitForEvent('filechooser');
  await replacing.getByRole('button', { name: /^Choose/ }).click();
  const bytes = await quarters(12);
  await (await chooser).setFiles({ name: 'new.jpg', mimeType: 'image/jpeg', buffer: bytes });
  await replacing.getByRole('button', { name: 'Replace', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Someone else changed this file' });
  await dialog.getByText('Theirs').waitFor();
  await dialog.getByRole('button', { name: 'Decide later' }).click();
  await replacing.getByRole('button', { name: 'Cancel' }).click();
  await replacing.waitFor({ state: 'detached' });
  await page.keyboard.press('Control+s');
  await dialog.getByText('Theirs').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({ title: 'Theirs' });
});

test('what is typed while changes are sent is saved after them', async () => {
  const id = await upload(await quarters(13));
  const { page, drawer } = await open(id);
  const title = drawer.getByRole('textbox', { name: 'Title', exact: true });
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (operationOf(route) === 'UpdateFile') await held;
    await route.continue();
  });
  await title.fill('First');
  await page.keyboard.press('Control+s');
  await drawer.getByText('Saving').waitFor();
  await title.fill('Second');
  await page.keyboard.press('Control+s');
  release();
  await drawer.getByText('Saved').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({ title: 'Second' });
});

test('when the file was deleted permanently meanwhile, that is said, and what was typed can be copied', async () => {
  const id = await upload(await quarters(15), 'gone.jpg', { description: 'Stored' });
  const { page, drawer, checkAccessibility } = await open(id);
  const title = drawer.getByRole('textbox', { name: 'Title', exact: true });
  await title.fill('Typed title');
  await deleteElsewhere(graph, id, { isPurged: true });
  await drawer.getByRole('button', { name: 'Save' }).click();
  await drawer.getByText('The file does not exist any more.').waitFor();
  expect(await drawer.getByText('Correct the marked fields').count()).toBe(0);
  expect(await title.inputValue()).toBe('Typed title');
  expect(await title.isDisabled()).toBe(false);
  expect(await title.isEditable()).toBe(false);
  for (const name of ['Save', 'Delete', 'Copy']) {
    expect(await drawer.getByRole('button', { name, exact: true }).count()).toBe(0);
  }
  await checkAccessibility();
  await drawer.getByRole('button', { name: 'Back to the files' }).click();
  const question = page.getByRole('dialog', { name: 'Discard the changes?' });
  await question.getByRole('button', { name: 'Discard the changes' }).click();
  await drawer.waitFor({ state: 'detached' });
});

test('when another editor has moved the file to the trash, that is said, and what was typed is saved after it is restored', async () => {
  const id = await upload(await quarters(16), 'trashed.jpg', { title: 'Old' });
  const { page, drawer, checkAccessibility } = await open(id);
  const title = drawer.getByRole('textbox', { name: 'Title', exact: true });
  await title.fill('Mine');
  await deleteElsewhere(graph, id);
  await drawer.getByRole('button', { name: 'Save' }).click();
  await drawer.getByText('The file was moved to the trash before').waitFor();
  await drawer.getByText('This file is in the trash.').waitFor();
  expect(await page.getByRole('dialog', { name: 'Someone else changed' }).count()).toBe(0);
  expect(await title.inputValue()).toBe('Mine');
  expect(await title.isDisabled()).toBe(true);
  await checkAccessibility();
  // The page says that the file has to be restored first.
  await page.keyboard.press('Control+s');
  await drawer.getByRole('button', { name: 'Restore' }).click();
  await page.getByText('The file was restored.').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({ title: 'Old', trashedAt: null });
  await drawer.getByText('The file was moved to the trash before').waitFor({ state: 'detached' });
  expect(await title.inputValue()).toBe('Mine');
  await drawer.getByRole('button', { name: 'Save' }).click();
  await drawer.getByText('Saved').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({ title: 'Mine', trashedAt: null });
});

test('a file that this editor has moved to the trash is not changed there', async () => {
  const id = await upload(await quarters(17), 'own.jpg', { title: 'Old' });
  const { page, drawer } = await open(id);
  await drawer.getByRole('textbox', { name: 'Title', exact: true }).fill('Mine');
  await drawer.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Move to the trash' }).click();
  await drawer.getByText('This file is in the trash.').waitFor();
  await drawer.getByText('The file was moved to the trash before').waitFor();
  await page.keyboard.press('Control+s');
  await drawer.getByRole('button', { name: 'Restore' }).click();
  await page.getByText('The file was restored.').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({ title: 'Old' });
  await page.keyboard.press('Control+s');
  await drawer.getByText('Saved').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({ title: 'Mine' });
});

test('leaving while changes are saved waits for them, and asks only if they could not be saved', async () => {
  expectedComplaints = /ERR_FAILED/;
  const id = await upload(await quarters(18), 'leaving.jpg');
  const library = await openLibrary(browser!, { gatewayUrl: stack.gatewayUrl, graph });
  details = { ...library, drawer: library.page.getByRole('dialog').first() };
  const { page, drawer } = details;
  let held = Promise.withResolvers<'continue' | 'abort'>();
  await page.route('**/graphql', async (route) => {
    if (operationOf(route) !== 'UpdateFile') return route.continue();
    return (await held.promise) === 'abort' ? route.abort() : route.continue();
  });
  const question = page.getByRole('dialog', { name: 'Discard the changes?' });
  const title = drawer.getByRole('textbox', { name: 'Title', exact: true });
  const saveAndLeave = async (text: string) => {
    await page.locator(`a[href*="/files/${id}"]`).first().press('Enter');
    await title.fill(text);
    await drawer.getByRole('button', { name: 'Save' }).click();
    await drawer.getByText('Saving').waitFor();
    await page.evaluate('history.back()');
    const heading = page.getByRole('heading', { name: /Discard the changes|Still saving/ });
    expect(await heading.innerText()).toBe('Still saving');
  };
  await saveAndLeave('Saved');
  held.resolve('continue');
  await drawer.waitFor({ state: 'detached' });
  expect(new URL(page.url()).pathname).toBe('/library/');
  expect(await storedFile(graph, id)).toMatchObject({ title: 'Saved' });

  held = Promise.withResolvers();
  await saveAndLeave('Not saved');
  held.resolve('abort');
  await question.getByText('The changes to this file could not be saved.').waitFor();
  await question.getByRole('button', { name: 'Keep editing' }).click();
  await question.waitFor({ state: 'detached' });
  await drawer.getByText('The server could not be reached.').waitFor();
  expect(await title.inputValue()).toBe('Not saved');
  expect(await storedFile(graph, id)).toMatchObject({ title: 'Saved' });
});

test('leaving while changes are saved asks too when another editor has changed the file', async () => {
  const id = await upload(await quarters(20), 'contested.jpg', { title: 'Old' });
  const { page, drawer } = await open(id);
  await drawer.getByRole('textbox', { name: 'Title', exact: true }).fill('Mine');
  await changeElsewhere(graph, { id, details: { title: 'Theirs' } });
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (operationOf(route) === 'UpdateFile') await held;
    await route.continue();
  });
  await drawer.getByRole('button', { name: 'Save' }).click();
  await drawer.getByText('Saving').waitFor();
  await drawer.getByRole('button', { name: 'Close' }).click();
  release();
  const question = page.getByRole('dialog', { name: 'Discard the changes?' });
  await question.getByRole('button', { name: 'Keep editing' }).click();
  const dialog = page.getByRole('dialog', { name: 'Someone else changed this file' });
  await dialog.getByText('Theirs').waitFor();
  await dialog.getByRole('button', { name: 'Save what I chose' }).click();
  await drawer.getByText('Saved').waitFor();
  expect(await storedFile(graph, id)).toMatchObject({ title: 'Mine' });
});

test('a question about leaving ends when the changes are saved', async () => {
  const id = await upload(await quarters(19), 'question.jpg');
  const { page, drawer } = await open(id);
  await drawer.getByRole('textbox', { name: 'Title', exact: true }).fill('Saved');
  await drawer.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('dialog', { name: 'Discard the changes?' }).waitFor();
  await page.keyboard.press('Control+s');
  await drawer.waitFor({ state: 'detached' });
  expect(await storedFile(graph, id)).toMatchObject({ title: 'Saved' });
});

test('a read that fails leaves the form and what was typed', async () => {
  expectedComplaints = /ERR_FAILED/;
  const id = await upload(await quarters(14));
  const { page, drawer } = await open(id);
  let isBroken = true;
  await page.route('**/graphql', async (route) => {
    const operation = operationOf(route);
    if (operation === 'FileDetails' && isBroken) return route.abort();
    if (operation !== 'UpdateFile') return route.continue();
    // A file that is being checked is read again and again.
    const response = await route.fetch();
    const body = (await response.text()).replace('"READY"', '"PROCESSING"');
    return route.fulfill({ response, body });
  });
  await drawer.getByRole('textbox', { name: 'Title', exact: true }).fill('Saved title');
  await page.keyboard.press('Control+s');
  await drawer.getByText('Saved', { exact: true }).waitFor();
  const description = drawer.getByRole('textbox', { name: 'Description', exact: true });
  await description.fill('Half a sentence');
  await drawer.getByText('The latest state of this file could not be loaded.').waitFor();
  expect(await description.inputValue()).toBe('Half a sentence');
  isBroken = false;
  await drawer.getByRole('button', { name: 'Try again' }).click();
  await drawer.getByText('could not be loaded').waitFor({ state: 'detached' });
  expect(await description.inputValue()).toBe('Half a sentence');
});

test('unsaved changes are not lost by closing, and the focus returns to the file', async () => {
  const id = await upload(await quarters(9), 'closing.jpg');
  const library = await openLibrary(browser!, { gatewayUrl: stack.gatewayUrl, graph });
  details = { ...library, drawer: library.page.getByRole('dialog').first() };
  const { page, drawer } = details;
  const link = page.locator(`a[href*="/files/${id}"]`).first();
  await link.press('Enter');
  const title = drawer.getByRole('textbox', { name: 'Title', exact: true });
  await title.fill('Half');
  await page.keyboard.press('Escape');
  const question = page.getByRole('dialog', { name: 'Discard the changes?' });
  await question.getByRole('button', { name: 'Keep editing' }).click();
  await question.waitFor({ state: 'detached' });
  expect(await title.inputValue()).toBe('Half');
  await drawer.getByRole('button', { name: 'Close' }).click();
  await question.getByRole('button', { name: 'Discard the changes' }).click();
  await drawer.waitFor({ state: 'detached' });
  await expect
    .poll(() => link.evaluate((one) => one === one.ownerDocument.activeElement))
    .toBe(true);
  expect(await storedFile(graph, id)).toMatchObject({ title: null });
});
