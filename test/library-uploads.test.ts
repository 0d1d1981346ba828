import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import type { Browser, Page, Request, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noBrowser, openChromium } from './support/chromium.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { type LibraryPage, openLibrary } from './support/library-page.ts';
import { type Uploads, openUploads } from './support/library-uploads.ts';
import { plainJpeg } from './support/pictures.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';

/** Uploads in the media library, each test in another store. */
const MEGABYTE = 1_000_000;
let browser: Browser | undefined;
let stack: SharedStack;
let graph: Graph;
let folder: string;
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
  graph = await openGraph(stack, `library-uploads-${(stores += 1)}`);
  folder = await temporaryFolder();
});
afterEach(async () => {
  const complaints = library?.complaints ?? [];
  await library?.close();
  library = undefined;
  expect(complaints).toEqual([]);
});

async function open(path = '/', options = {}): Promise<LibraryPage & { uploads: Uploads }> {
  library = await openLibrary(browser!, { gatewayUrl: stack.gatewayUrl, graph, path, ...options });
  return { ...library, uploads: await openUploads(library.page) };
}

/** Writes a JPEG and returns its path. */
async function photo(name: string, { hue = 10, bytes = 0 } = {}): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, Buffer.concat([await plainJpeg(hue), randomBytes(bytes)]));
  return path;
}

async function filesInLibrary(): Promise<string[]> {
  const { data } = await graph.ask(
    '{ mediaLibrary(first: 100, orderBy: { field: ORIGINAL_FILENAME, direction: ASC }) { nodes { originalFilename folder } } }',
  );
  const { nodes } = data!['mediaLibrary'] as {
    nodes: { originalFilename: string; folder: string }[];
  };
  return nodes.map(({ originalFilename, folder: place }) => `${place}/${originalFilename}`);
}

test('files that are dropped anywhere are uploaded into the folder that is shown', async () => {
  const { page, uploads, checkAccessibility } = await open('/?folder=brand');
  const paths = [await photo('one.jpg', { hue: 1 }), await photo('two.jpg', { hue: 2 })];
  await uploads.dragOver(paths);
  await page.getByText('Drop to upload into brand').waitFor();
  await uploads.drop(paths);
  await uploads.untilEnded();
  await uploads.panel.getByText('2 of 2 uploaded').waitFor();
  await checkAccessibility();
  expect(await filesInLibrary()).toEqual(['brand/one.jpg', 'brand/two.jpg']);
  await uploads.panel.getByRole('button', { name: 'Close' }).click();
  await expect.poll(() => uploads.panel.count()).toBe(0);
});

test('folders that are dropped keep their folders, without the files of systems', async () => {
  await mkdir(join(folder, 'Summer/beach'), { recursive: true });
  await photo('Summer/garden.jpg', { hue: 1 });
  await photo('Summer/beach/sea.jpg', { hue: 2 });
  await writeFile(join(folder, 'Summer/.DS_Store'), 'x');
  const { uploads } = await open();
  await uploads.dropFiles([join(folder, 'Summer')]);
  await uploads.untilEnded();
  expect(await filesInLibrary()).toEqual(['Summer/garden.jpg', 'Summer/beach/sea.jpg']);
});

test('files and folders can be chosen by keyboard', async () => {
  const { page, uploads } = await open('/?folder=brand');
  await photo('logo.jpg');
  const choose = async (label: string, path: string) => {
    await page.getByRole('button', { name: 'Upload' }).focus();
    await page.keyboard.press('Enter');
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('menuitem', { name: label }).press('Enter');
    await (await chooser).setFiles(path);
  };
  await choose('Files…', join(folder, 'logo.jpg'));
  await uploads.untilEnded();
  await mkdir(join(folder, 'drafts'));
  await photo('drafts/sketch.jpg', { hue: 90 });
  await choose('A folder…', join(folder, 'drafts'));
  await uploads.panel.getByRole('link', { name: 'Show: sketch.jpg' }).waitFor();
  expect(await filesInLibrary()).toEqual(['brand/logo.jpg', 'brand/drafts/sketch.jpg']);
});

test('an image that is pasted gets a name with the time', async () => {
  const { page, uploads } = await open('/', { permissions: ['clipboard-read', 'clipboard-write'] });
  await uploads.untilReady();
  await page.evaluate(`(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 20, height: 20 });
    const blob = await new Promise((resolve) => canvas.toBlob(resolve));
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
  })()`);
  await page.keyboard.press('Control+V');
  await uploads.untilEnded();
  expect(await filesInLibrary()).toEqual([
    expect.stringMatching(/^general\/Pasted \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png$/),
  ]);
});

test('cells of a spreadsheet that are pasted into a field stay text', async () => {
  const { page, uploads } = await open('/', { permissions: ['clipboard-read', 'clipboard-write'] });
  await uploads.untilReady();
  await page.evaluate(`(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 20, height: 20 });
    const image = await new Promise((resolve) => canvas.toBlob(resolve));
    const text = new Blob(['seven'], { type: 'text/plain' });
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': image, 'text/plain': text })]);
  })()`);
  const search = page.getByRole('searchbox');
  await search.press('Control+V');
  await expect.poll(() => search.inputValue()).toBe('seven');
  expect(await uploads.panel.count()).toBe(0);
});

test('files that are refused say what to do, and do not stop the others', async () => {
  const { uploads, checkAccessibility } = await open();
  const paths = [await photo('good.jpg')];
  for (const [name, content] of [
    ['empty.jpg', ''],
    ['program.exe', 'MZ\u0001\0\u0002\0\0\0\u0004'],
    ['text.jpg', 'This is a text.'],
    ['<b>bold</b> \u202egpj.exe', 'MZ\u0001\0\u0002\0\0\0'],
  ] as const) {
    const path = join(folder, name.replaceAll('/', '\u2215'));
    await writeFile(path, content);
    paths.push(path);
  }
  await uploads.dropFiles(paths);
  await uploads.untilEnded();
  const { row, panel } = uploads;
  await row('empty.jpg').getByText('The file is empty. Check it').waitFor();
  await row('program.exe').getByText('Files of this type are not accepted').waitFor();
  await row('text.jpg')
    .getByText(/upload it again/)
    .waitFor();
  await expect.poll(() => panel.innerText()).toContain('1 of 5 uploaded');
  // Only the rows that can be seen are there.
  await panel.getByRole('group', { name: 'Files that are uploaded' }).press('End');
  await row('<b>bold<').waitFor();
  await checkAccessibility();
  await panel.getByRole('button', { name: 'Remove them' }).click();
  await panel.getByText('1 of 1 uploaded').waitFor();
  expect(await filesInLibrary()).toEqual(['general/good.jpg']);
});

test('of a file that is in the library already the existing one can be used, or another one uploaded', async () => {
  await graph.upload(await plainJpeg(10), { filename: 'first.jpg' });
  await graph.upload(await plainJpeg(20), { filename: 'second.jpg' });
  const { uploads, checkAccessibility } = await open();
  await uploads.dropFiles([await photo('copy.jpg'), await photo('other.jpg', { hue: 20 })]);
  await uploads.untilEnded();
  await uploads.panel.getByText('2 files are in the library already.').waitFor();
  await checkAccessibility();
  await uploads.row('copy.jpg').getByRole('button', { name: 'Use the existing file' }).click();
  await uploads.row('copy.jpg').getByRole('link', { name: 'Show: copy.jpg' }).waitFor();
  expect(await filesInLibrary()).toEqual(['general/first.jpg', 'general/second.jpg']);
  await uploads.row('other.jpg').getByRole('button', { name: 'Upload anyway' }).click();
  await uploads.row('other.jpg').getByRole('link', { name: 'Show: other.jpg' }).waitFor();
  expect(await filesInLibrary()).toEqual([
    'general/first.jpg',
    'general/other.jpg',
    'general/second.jpg',
  ]);
});

test('of an existing file that is used the panel says where it is', async () => {
  const details = { folder: 'tour' };
  await graph.upload(await plainJpeg(10), { filename: 'first.jpg', details });
  const { page, uploads, checkAccessibility } = await open('/?folder=trade');
  await uploads.dropFiles([await photo('copy.jpg'), await photo('new.jpg', { hue: 20 })]);
  const row = uploads.row('copy.jpg');
  await row.getByRole('button', { name: 'Use the existing file' }).click();
  await row.getByText('The existing file is used. It is in tour').waitFor();
  expect(await row.getByText('Uploaded into').count()).toBe(0);
  await uploads.row('new.jpg').getByText('Uploaded into trade').waitFor();
  await uploads.panel.getByRole('heading', { name: '1 file uploaded' }).waitFor();
  await uploads.panel.getByText('1 of 2 uploaded · 1 existing file used').waitFor();
  await checkAccessibility();
  expect(await filesInLibrary()).toEqual(['tour/first.jpg', 'trade/new.jpg']);
  await row.getByRole('link', { name: 'Show: copy.jpg' }).click();
  await page.getByRole('dialog', { name: 'first.jpg' }).waitFor();
  expect(new URL(page.url()).searchParams.get('folder')).toBe('tour');
});

test('one decision is enough for many files that are in the library already', async () => {
  const paths: string[] = [];
  for (const hue of [1, 2, 3]) {
    await graph.upload(await plainJpeg(hue), { filename: `${hue}.jpg` });
    paths.push(await photo(`again-${hue}.jpg`, { hue }));
  }
  const { uploads } = await open();
  await uploads.dropFiles(paths);
  await uploads.panel.getByText('3 files are in the library already.').waitFor();
  await uploads.panel.getByRole('button', { name: 'Use the existing files' }).click();
  await uploads.panel.getByRole('heading', { name: '3 existing files used' }).waitFor();
  await uploads.panel.getByText('0 of 3 uploaded · 3 existing files used').waitFor();
  expect(await filesInLibrary()).toHaveLength(3);
});

test('a large upload is paused, and resumed where it was', async () => {
  const { uploads } = await open();
  const path = await photo('large.jpg', { bytes: 24 * MEGABYTE });
  await uploads.limitSpeed(4 * MEGABYTE);
  await uploads.dropFiles([path]);
  await uploads
    .row('large.jpg')
    .getByText(/^[4-9](\.\d)? MB of/)
    .waitFor();
  await uploads.panel.getByRole('button', { name: 'Pause large.jpg' }).click();
  await uploads
    .row('large.jpg')
    .getByText(/Paused at/)
    .waitFor();
  const before = uploads.resumable.length;
  await uploads.limitSpeed(-1);
  await uploads.panel.getByRole('button', { name: 'Resume large.jpg' }).click();
  await uploads.untilEnded();
  const [next, first] = uploads.resumable.slice(before);
  expect(next?.method).toBe('HEAD');
  expect(Number(first?.offset)).toBeGreaterThan(2 * MEGABYTE);
  expect(await filesInLibrary()).toEqual(['general/large.jpg']);
});

/** Sends a part of a large file, and returns what its row says when it is paused. */
async function pauseLarge(uploads: Uploads): Promise<string> {
  const row = uploads.row('large.jpg');
  await uploads.limitSpeed(4 * MEGABYTE);
  await uploads.dropFiles([await photo('large.jpg', { bytes: 24 * MEGABYTE })]);
  await row.getByText(/^[4-9](\.\d)? MB of/).waitFor();
  await uploads.panel.getByRole('button', { name: 'Pause large.jpg' }).click();
  return row.getByText(/^Paused at/).innerText();
}

/** Calls `change` with each upload that the browser keeps, and keeps what it returns. */
const changeKept = (page: Page, change: string): Promise<unknown> =>
  page.evaluate(`new Promise((resolve, reject) => {
    const isOurs = ({ name }) => name.startsWith('media-library-uploads:');
    indexedDB.databases().then((databases) => {
      const opening = indexedDB.open(databases.find(isOurs).name);
      opening.onerror = reject;
      opening.onsuccess = () => {
        const transaction = opening.result.transaction('uploads', 'readwrite');
        const uploads = transaction.objectStore('uploads');
        const kept = [];
        uploads.openCursor().onsuccess = ({ target: { result: cursor } }) => {
          if (!cursor) return;
          const changed = (${change})(cursor.value);
          kept.push(changed);
          cursor.update(changed);
          cursor.continue();
        };
        transaction.oncomplete = () => {
          opening.result.close();
          resolve(kept);
        };
      };
    }, reject);
  })`);
const keptUploads = (page: Page) => changeKept(page, '(meta) => meta');

test('an upload that an earlier release has kept goes on', async () => {
  const { page, uploads } = await open();
  await pauseLarge(uploads);
  await expect.poll(() => keptUploads(page)).toMatchObject([{ isPaused: true }]);
  await changeKept(page, '({ isPaused, pausedBytes, ...meta }) => meta');
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('completeStagedUpload')) await held;
    await route.continue().catch(() => {});
  });
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await uploads.panel.getByRole('heading', { name: /Upload/ }).waitFor();
  await uploads.panel.getByText('0 of 1 uploaded · 0 bytes of').waitFor();
  release();
  await uploads.limitSpeed(-1);
  await uploads.untilEnded();
  expect(await filesInLibrary()).toEqual(['general/large.jpg']);
});

test('a paused upload stays paused after a reload of the page, and says how much has arrived', async () => {
  const { page, uploads } = await open();
  const paused = await pauseLarge(uploads);
  page.on('dialog', (dialog) => void dialog.accept());
  const before = uploads.resumable.length;
  await expect.poll(() => keptUploads(page)).toMatchObject([{ isPaused: true }]);
  await page.reload();
  await uploads.panel.getByRole('heading', { name: /Upload/ }).waitFor();
  expect(await uploads.row('large.jpg').innerText()).toContain(paused);
  await uploads.panel.getByRole('heading', { name: 'Uploads are paused' }).waitFor();
  expect(uploads.resumable.slice(before)).toEqual([]);
  await uploads.limitSpeed(-1);
  await uploads.panel.getByRole('button', { name: 'Resume large.jpg' }).click();
  await uploads.untilEnded();
  const next = uploads.resumable.slice(before).find(({ method }) => method === 'PATCH');
  expect(Number(next?.offset)).toBeGreaterThan(2 * MEGABYTE);
  expect(await filesInLibrary()).toEqual(['general/large.jpg']);
});

test('an upload that is paused again before the server has answered says how much had arrived', async () => {
  const { page, uploads } = await open();
  const paused = await pauseLarge(uploads);
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const isAsking = (request: Request) =>
    request.postData()?.includes('completeStagedUpload') === true;
  await page.route('**/graphql', async (route) => {
    if (isAsking(route.request())) await held;
    await route.continue().catch(() => {});
  });
  const asked = page.waitForRequest(isAsking);
  await uploads.panel.getByRole('button', { name: 'Resume large.jpg' }).click();
  await asked;
  await uploads.panel.getByRole('button', { name: 'Pause large.jpg' }).click();
  const now = uploads.row('large.jpg').getByText(/^Paused at/);
  expect(await now.innerText()).toBe(paused);
  release();
});

test('a large upload continues where it was when the connection is back', async () => {
  const { page, context, uploads, complaints } = await open();
  const path = await photo('large.jpg', { bytes: 24 * MEGABYTE });
  await uploads.limitSpeed(4 * MEGABYTE);
  await uploads.dropFiles([path]);
  await uploads
    .row('large.jpg')
    .getByText(/^[4-9](\.\d)? MB of/)
    .waitFor();
  await context.setOffline(true);
  await page.waitForTimeout(1_500);
  const before = uploads.resumable.length;
  await context.setOffline(false);
  await uploads.untilEnded();
  const next = uploads.resumable.slice(before).find(({ method }) => method === 'PATCH');
  expect(Number(next?.offset)).toBeGreaterThan(2 * MEGABYTE);
  expect(await filesInLibrary()).toEqual(['general/large.jpg']);
  // The browser reports the lost connection.
  complaints.splice(0);
});

test('uploads go on after a reload of the page, large ones where they were', async () => {
  const { page, uploads } = await open('/?folder=brand');
  let staged = 0;
  page.on('request', (request) => {
    if (request.postData()?.includes('createStagedUploads')) staged += 1;
  });
  page.on('dialog', (dialog) => void dialog.accept());
  const large = await photo('large.jpg', { bytes: 24 * MEGABYTE });
  await uploads.limitSpeed(4 * MEGABYTE);
  await uploads.dropFiles([large, await photo('small.jpg', { bytes: 15 * MEGABYTE })]);
  await uploads
    .row('large.jpg')
    .getByText(/^[4-9](\.\d)? MB of/)
    .waitFor();
  await page.waitForTimeout(1_000);
  await page.reload();
  const before = uploads.resumable.length;
  await uploads.limitSpeed(-1);
  await uploads.untilEnded();
  const next = uploads.resumable.slice(before).find(({ method }) => method === 'PATCH');
  expect(Number(next?.offset)).toBeGreaterThan(2 * MEGABYTE);
  expect(staged).toBe(1);
  expect(await filesInLibrary()).toEqual(['brand/large.jpg', 'brand/small.jpg']);
});

test('leaving the page while files are uploaded is confirmed first', async () => {
  const { page, uploads } = await open();
  await uploads.limitSpeed(MEGABYTE);
  await uploads.dropFiles([await photo('slow.jpg', { bytes: 10 * MEGABYTE })]);
  await uploads.panel.waitFor();
  await uploads.panel.getByRole('button', { name: 'Show less' }).click();
  const asked = page.waitForEvent('dialog');
  const left = page.goto('about:blank').catch(() => {});
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await left;
  await uploads.panel.getByRole('button', { name: 'Show all uploads' }).click();
  await uploads.panel.getByRole('button', { name: 'Cancel slow.jpg' }).click();
  await expect.poll(() => uploads.panel.count()).toBe(0);
  expect(await filesInLibrary()).toEqual([]);
});

test('when the session has ended, uploads wait for the sign-in', async () => {
  const { page, uploads } = await open();
  let hasSession = false;
  const answer = async (route: Route) => {
    if (hasSession || !(await route.request().headerValue('content-type'))?.includes('multipart'))
      return route.fallback();
    const error = { message: 'The token has expired.', extensions: { code: 'UNAUTHENTICATED' } };
    return route.fulfill({ json: { errors: [error] } });
  };
  await page.route('**/graphql', answer);
  await uploads.dropFiles([await photo('photo.jpg')]);
  await uploads.panel.getByText('Your session has ended.').waitFor();
  expect(await filesInLibrary()).toEqual([]);
  hasSession = true;
  await uploads.panel.getByRole('button', { name: 'Try now' }).click();
  await uploads.untilEnded();
  expect(await filesInLibrary()).toEqual(['general/photo.jpg']);
});

test('what was refused for lack of space can be tried again', async () => {
  const { page, uploads } = await open();
  let isFull = true;
  await page.route('**/graphql', async (route) => {
    const type = await route.request().headerValue('content-type');
    if (!isFull || !type?.includes('multipart')) return route.fallback();
    const error = { code: 'QUOTA_EXCEEDED', message: 'Full.', field: null };
    return route.fulfill({ json: { data: { result: { mediaFile: null, userErrors: [error] } } } });
  });
  await uploads.dropFiles([await photo('a.jpg', { hue: 1 }), await photo('b.jpg', { hue: 2 })]);
  await uploads.row('a.jpg').getByText('There is no space left.').waitFor();
  await uploads.panel.getByText('2 files were not uploaded.').waitFor();
  isFull = false;
  await uploads.panel.getByRole('button', { name: 'Try all again' }).click();
  await uploads.panel.getByText('2 of 2 uploaded').waitFor();
  expect(await filesInLibrary()).toEqual(['general/a.jpg', 'general/b.jpg']);
});

test('a thousand files that are dropped at once are all uploaded, while the page stays responsive', async () => {
  const many = 1_000;
  const names = Array.from({ length: many }, (_, index) => `note-${index}.txt`);
  await mkdir(join(folder, 'Notes'));
  await Promise.all(names.map((name) => writeFile(join(folder, 'Notes', name), `${name}\n`)));
  const { page, uploads } = await open();
  await page.evaluate(`
    longestTask = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longestTask = Math.max(longestTask, duration);
    }).observe({ type: 'longtask' });
  `);
  const startedAt = performance.now();
  await uploads.dropFiles([join(folder, 'Notes')]);
  await uploads.panel.getByText(/^[1-9]\d* of 1,000 uploaded/).waitFor();
  expect(await uploads.panel.getByRole('listitem').count()).toBeLessThan(40);
  await uploads.panel.getByRole('button', { name: 'Show less' }).click();
  await uploads.panel.getByText('1,000 of 1,000 uploaded').waitFor({ timeout: 540_000 });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const longest = await page.evaluate<number>('longestTask');
  process.stdout.write(`1,000 files: ${seconds} s, longest task ${longest.toFixed(0)} ms\n`);
  const { data } = await graph.ask('{ mediaLibrary(filter: { folder: "Notes" }) { totalCount } }');
  expect(data).toEqual({ mediaLibrary: { totalCount: many } });
}, 600_000);

test('a URL that must not be fetched stays in the dialog, with what to do', async () => {
  const { page, checkAccessibility } = await open();
  await page.getByRole('button', { name: 'Upload' }).click();
  await page.getByRole('menuitem', { name: 'From a URL…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Upload from a URL' });
  await dialog.getByRole('textbox', { name: 'URLs' }).fill('photo.jpg\nhttp://127.0.0.1:1/a.jpg');
  await dialog.getByRole('button', { name: 'Upload' }).click();
  await dialog.getByText('This is not a URL.').waitFor();
  await dialog.getByText('Files must not be fetched from this URL.').waitFor();
  await checkAccessibility();
  expect(await dialog.getByRole('textbox').inputValue()).toContain('photo.jpg');
});
