import type { Browser, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { noBrowser, openChromium } from './support/chromium.ts';
import {
  type DetailsPage,
  changeElsewhere,
  deleteElsewhere,
  openDetails,
  quarters,
  recordingOf,
  smallPdf,
  storedFile,
} from './support/details-page.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { openLibrary } from './support/library-page.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';

const Snippet = z.object({ elements: z.number(), attributes: z.record(z.string(), z.string()) });

/** The details of a file in the media library: its previews, its texts and how they are saved. */
let browser: Browser | undefined;
let stack: SharedStack;
let graph: Graph;
let details: DetailsPage | undefined;
let expectedComplaints: RegExp | null = null;

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
  const complaints = details?.complaints.filter((one) => !expectedComplaints?.test(one)) ?? [];
  await details?.close();
  details = undefined;
  expectedComplaints = null;
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

const operationOf = (route: Route) =>
  /"operationName":"(\w+)"/.exec(route.request().postData() ?? '')?.[1];

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
  const isSaveHit = () =>
    save.evaluate((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      const hit = element.ownerDocument.elementFromPoint(x + width / 2, y + height / 2);
      return element.contains(hit);
    });
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
      expect(await isSaveHit()).toBe(true);
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
