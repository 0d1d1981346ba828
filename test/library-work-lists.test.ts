import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noBrowser, openChromium } from './support/chromium.ts';
import { deleteElsewhere } from './support/details-page.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { type LibraryPage, openLibrary } from './support/library-page.ts';
import { blackPng, plainJpeg } from './support/pictures.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';

/** Files that need attention, and the space that is left. Each test has another store. */
let browser: Browser | undefined;
let stack: SharedStack;
let graph: Graph;
let library: LibraryPage | undefined;
let stores = 0;

beforeAll(async () => {
  if (noBrowser) return;
  stack = await openSharedStack();
  browser = await openChromium();
});
afterAll(() => browser?.close());
beforeEach(async ({ skip }) => {
  if (noBrowser) skip(noBrowser);
  graph = await openGraph(stack, `library-work-${(stores += 1)}`);
});
afterEach(async () => {
  const complaints = library?.complaints ?? [];
  await library?.close();
  library = undefined;
  expect(complaints).toEqual([]);
});

const open = async (path: string) => {
  library = await openLibrary(browser!, { gatewayUrl: stack.gatewayUrl, graph, path });
  return library;
};

const upload = async (filename: string, hue: number, details = {}) =>
  (await graph.upload(await plainJpeg(hue), { filename, details })).mediaFile!.id;

test('images without alternative text are described one after another, by keyboard', async () => {
  const third = await upload('third.jpg', 3);
  const second = await upload('second.jpg', 2);
  const first = await upload('first.jpg', 1);
  await upload('described.jpg', 4, { altText: 'A lamp' });
  const { page, checkAccessibility } = await open('/');
  await page.getByRole('link', { name: 'Work lists' }).click();
  await page.getByText('1 of 3', { exact: true }).waitFor();
  await page.getByText('first.jpg').waitFor();
  await checkAccessibility();

  const field = page.getByRole('textbox', { name: 'Alternative text' });
  await field.and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Control+Enter');
  await page.getByText('Enter a text, or mark the image as decorative.').waitFor();
  await page.keyboard.type('A red chair');
  await page.getByRole('textbox', { name: 'In German' }).fill('Ein roter Stuhl');
  await page.keyboard.press('Control+Enter');

  await page.getByText('2 of 3', { exact: true }).waitFor();
  await page.getByText('second.jpg').waitFor();
  await page.keyboard.press('Control+ArrowDown');
  await page.getByText('third.jpg').waitFor();
  await page.keyboard.press('Control+ArrowUp');
  await page.getByText('second.jpg').waitFor();
  await page.keyboard.press('Control+ArrowDown');
  await page.getByRole('checkbox', { name: /Decorative/ }).press('Space');
  await page.getByRole('button', { name: 'Save and next' }).press('Enter');
  await page.getByText('You have seen all images of this list.').waitFor();

  await page.getByRole('button', { name: 'Start again' }).click();
  await page.getByText('1 of 1', { exact: true }).waitFor();
  await page.getByText('second.jpg').waitFor();
  const { data } = await graph.ask(
    `{ first: mediaFile(id: "${first}") { altText de: altText(locale: "de") decorative }
       second: mediaFile(id: "${second}") { altText decorative }
       third: mediaFile(id: "${third}") { altText decorative } }`,
  );
  expect(data).toEqual({
    first: { altText: 'A red chair', de: 'Ein roter Stuhl', decorative: false },
    second: { altText: null, decorative: false },
    third: { altText: null, decorative: true },
  });
});

test('a text is kept when someone else changes the file meanwhile', async () => {
  const id = await upload('photo.jpg', 1);
  const { page } = await open('/work-lists');
  await page.getByRole('textbox', { name: 'Alternative text' }).fill('A chair');
  const update = `mutation { updateMedia(input: { id: "${id}", details: { title: "Chair" } }) { mediaFile { id } } }`;
  await graph.ask(update);
  await page.keyboard.press('Control+Enter');
  await page.getByText('Someone else has changed this file.').waitFor();
  await page.keyboard.press('Control+Enter');
  await page.getByText('You have seen all images of this list.').waitFor();
  const { data } = await graph.ask(`{ mediaFile(id: "${id}") { altText title } }`);
  expect(data).toEqual({ mediaFile: { altText: 'A chair', title: 'Chair' } });
});

test('a text of someone else is shown, and no other text of theirs is overwritten', async () => {
  await upload('second.jpg', 2);
  const id = await upload('photo.jpg', 1);
  const { page } = await open('/work-lists');
  const field = page.getByRole('textbox', { name: 'Alternative text' });
  await field.fill('A seat');
  await page.getByRole('textbox', { name: 'In German' }).fill('Ein Sitz');
  await page.keyboard.press('Control+Enter');
  await page.getByText('second.jpg').waitFor();
  await page.keyboard.press('Control+ArrowUp');
  await page.getByText('photo.jpg').waitFor();
  await field.fill('A chair');
  await page.getByRole('textbox', { name: 'In German' }).fill('');
  await graph.ask(
    `mutation { updateMedia(input: { id: "${id}", details: {
       altText: "Their chair", altTexts: [{ locale: "en", text: "Theirs" }]
     } }) { mediaFile { id } } }`,
  );
  await page.keyboard.press('Control+Enter');
  await page.getByText('Stored now: Their chair').waitFor();
  expect(await page.getByRole('textbox', { name: 'In English' }).inputValue()).toBe('Theirs');
  await page.keyboard.press('Control+Enter');
  await page.getByText('second.jpg').waitFor();
  const { data } = await graph.ask(
    `{ mediaFile(id: "${id}") { altText altTexts { locale text } } }`,
  );
  const altTexts = [{ locale: 'en', text: 'Theirs' }];
  expect(data).toEqual({ mediaFile: { altText: 'A chair', altTexts } });
});

test('of a file that was deleted permanently meanwhile, that is said where its text is typed', async () => {
  const id = await upload('gone.jpg', 1);
  const { page } = await open('/work-lists');
  const field = page.getByRole('textbox', { name: 'Alternative text' });
  await field.fill('Typed');
  await deleteElsewhere(graph, id, { isPurged: true });
  await page.keyboard.press('Control+Enter');
  await page.getByText('This file does not exist any more. Skip it.').waitFor();
  expect(await field.inputValue()).toBe('Typed');
});

test('a text is not stored in a file that was moved to the trash meanwhile', async () => {
  const id = await upload('trashed.jpg', 1);
  const { page } = await open('/work-lists');
  const field = page.getByRole('textbox', { name: 'Alternative text' });
  await field.fill('Typed');
  await deleteElsewhere(graph, id);
  const refused = page.getByText('This file was moved to the trash.');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const answered = page.waitForResponse((response) =>
      /"operationName":"FileVersion"/.test(response.request().postData() ?? ''),
    );
    await page.keyboard.press('Control+Enter');
    await answered;
    await refused.waitFor();
  }
  expect(await field.inputValue()).toBe('Typed');
  const { data } = await graph.ask(`{ mediaFile(id: "${id}") { altText } }`);
  expect(data).toEqual({ mediaFile: { altText: null } });
});

test('leaving while a text is saved waits for it', async () => {
  const id = await upload('photo.jpg', 1);
  const { page } = await open('/');
  await page.getByRole('link', { name: 'Work lists' }).click();
  await page.getByRole('textbox', { name: 'Alternative text' }).fill('A chair');
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('updateMedia(')) await held;
    await route.continue();
  });
  const sent = page.waitForRequest((one) => one.postData()?.includes('updateMedia(') === true);
  await page.keyboard.press('Control+Enter');
  await sent;
  await page.evaluate('history.back()');
  const heading = page.getByRole('heading', { name: /Discard the changes|Still saving/ });
  expect(await heading.innerText()).toBe('Still saving');
  release();
  await expect.poll(() => new URL(page.url()).pathname).toBe('/library/');
  const { data } = await graph.ask(`{ mediaFile(id: "${id}") { altText } }`);
  expect(data).toEqual({ mediaFile: { altText: 'A chair' } });
});

test('a text that is not saved stays in the list, and is not lost by leaving it', async () => {
  await upload('second.jpg', 2);
  await upload('first.jpg', 1);
  const { page } = await open('/work-lists');
  const field = page.getByRole('textbox', { name: 'Alternative text' });
  await field.fill('Half a text');
  await page.getByRole('button', { name: 'Skip' }).click();
  await page.getByText('second.jpg').waitFor();
  expect(await field.inputValue()).toBe('');
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByText('first.jpg').waitFor();
  expect(await field.inputValue()).toBe('Half a text');
  await page.getByRole('link', { name: 'Large files' }).click();
  const question = page.getByRole('dialog', { name: 'Discard the changes?' });
  await question.getByRole('button', { name: 'Keep editing' }).click();
  await question.waitFor({ state: 'detached' });
  expect(await field.inputValue()).toBe('Half a text');
});

test('unused files are moved to the trash, and brought back', async () => {
  const id = await upload('<i>old \u202egpj.jpg', 1);
  const { page, checkAccessibility } = await open('/work-lists/unused');
  const entry = page.getByRole('listitem').filter({ hasText: '<i>old' });
  await entry.getByText('Not used').waitFor();
  await checkAccessibility();
  await entry.getByRole('button', { name: /^Move to the trash/ }).press('Enter');
  await entry.getByText('is in the trash.').waitFor();
  const isTrashed = async () => {
    const { data } = await graph.ask(`{ mediaFile(id: "${id}") { trashedAt } }`);
    return (data as { mediaFile: { trashedAt: string | null } }).mediaFile.trashedAt !== null;
  };
  expect(await isTrashed()).toBe(true);
  await entry.getByRole('button', { name: 'Undo' }).press('Enter');
  await entry.getByRole('button', { name: /^Move to the trash/ }).waitFor();
  expect(await isTrashed()).toBe(false);
  await page.getByRole('link', { name: 'Show in the files' }).click();
  await expect.poll(() => page.url()).toContain('used=false');
});

test('large files are listed by size', async () => {
  await upload('small.jpg', 1);
  const jpeg = await plainJpeg(2);
  for (const [name, megabytes] of [
    ['larger.jpg', 7],
    ['large.jpg', 6],
  ] as const) {
    const bytes = Buffer.concat([jpeg, Buffer.alloc(megabytes * 1_000_000, name)]);
    await graph.upload(bytes, { filename: name });
  }
  const { page } = await open('/work-lists/large');
  await page.getByText('2 files').waitFor();
  const names = await page.getByRole('list').getByRole('link').allTextContents();
  expect(names).toEqual(['larger.jpg', 'large.jpg']);
});

test('files with the same content are found, also among files of the same size', async () => {
  await upload('one.jpg', 1);
  await upload('copy of one.jpg', 1);
  await upload('other.jpg', 2);
  await graph.upload(blackPng(30, 30), { filename: 'black.png' });
  const { page, checkAccessibility } = await open('/work-lists/duplicates');
  await page.getByRole('button', { name: 'Search for duplicates' }).click();
  await page.getByText('Compared 4 files.').waitFor();
  await page.getByText('2 copies').waitFor();
  const names = page.getByRole('list').getByRole('link');
  await expect.poll(() => names.allTextContents()).toEqual(['one.jpg', 'copy of one.jpg']);
  await checkAccessibility();
  await page.getByRole('button', { name: 'Move to the trash: copy of one.jpg' }).click();
  await page.getByText('copy of one.jpg is in the trash.').waitFor();
  await page.getByRole('button', { name: 'Search again' }).click();
  await page.getByText('No file is there twice.').waitFor();
});

test('the space that is used is shown', async () => {
  await upload('one.jpg', 1);
  const { page } = await open('/');
  await page.getByText(/^[\d,.]+ (bytes|kB) used$/).waitFor();
});
