import { execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type EnumTypeDefinitionNode, Kind, parse } from 'graphql';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noBrowser, openChromium } from './support/chromium.ts';
import { type DocumentedFile, readFiles, writeFiles } from './support/documented-files.ts';
import { openGraph } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { openSharedStack } from './support/shared-stack.ts';
import { createShop } from './support/shop.ts';

/** Everything in `docs/frontend.md` works as written, in pages of another origin. */
const project = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
/** The tools of a frontend project are here those of the tests. */
const PATH = [join(project, 'test/node_modules/.bin'), process.env['PATH']].join(delimiter);
const SCRIPT = /\.(?:js|ts|jsx)$/;
const PAGES = ['fetch', 'apollo', 'urql', 'graphql-request', 'persisted-query'];

let text: string;
let files: DocumentedFile[];
let folder: string;
let remove: (() => Promise<void>) | undefined;
let server: Awaited<ReturnType<typeof serveFolder>> | undefined;
let browser: Browser | undefined;
let page: Page;
/** Of the scripts in the page. */
const failures: string[] = [];

beforeAll(async () => {
  text = await readFile(join(project, 'docs/frontend.md'), 'utf8');
  files = readFiles(text);
  if (noBrowser) return;
  const stack = await openSharedStack();
  const graph = await openGraph(stack, 'demo');
  await graph.upload(await plainJpeg(10));
  const shop = createShop(graph);
  for (let count = 0; count < 4; count += 1) await shop.product();
  const aliases = new Map([['http://localhost:4000', stack.gatewayUrl]]);
  ({ folder, remove } = await writeFiles(files, { name: '.documented', aliases }));
  await sh('relay');
  await sh('codegen');
  server = await serveFolder();
  browser = await openChromium();
  page = await browser.newPage();
  page.on('pageerror', ({ message }) => failures.push(message));
});
afterAll(async () => {
  await browser?.close();
  server?.stop();
  await remove?.();
});
beforeEach(({ skip, task }) => {
  if (noBrowser && !task.name.startsWith('the document')) skip(noBrowser);
});

afterEach(() => expect(failures.splice(0)).toEqual([]));

/** Runs a documented command. */
async function sh(name: string) {
  const command = await readFile(join(folder, name), 'utf8');
  await run('sh', ['-ec', command.replaceAll('npx ', '')], {
    cwd: folder,
    env: { ...process.env, PATH },
  });
}

/** A page for each script, and Vite as documented: on another port than the gateway. */
async function serveFolder() {
  const scripts = files.map(({ name }) => name).filter((name) => SCRIPT.test(name));
  for (const name of scripts) {
    const html = `<!doctype html><body><script type="module" src="/${name}"></script></body>`;
    await writeFile(join(folder, `${name.replace(SCRIPT, '')}.html`), html);
  }
  const vite = spawn('vite', { cwd: folder, env: { ...process.env, PATH, NO_COLOR: '1' } });
  for await (const line of createInterface({ input: vite.stdout })) {
    const [, url] = /Local:\s+(http\S+)/.exec(line) ?? [];
    if (url) return { url, stop: () => vite.kill() };
  }
  throw new Error('Vite did not start.');
}

const urlOf = (name: string) => new URL(name, server?.url).href;

test.each(PAGES)('%s shows products', async (name) => {
  await page.goto(urlOf(`${name}.html`));
  await expect.poll(() => page.textContent('body')).toMatch(/\w+, \w+/);
});

test('a change is made, and a late one is rejected', async () => {
  await page.goto(urlOf('change.html'));
  await expect.poll(() => page.textContent('body')).toContain('A lamp, and nothing else; CONFLICT');
});

test('Relay shows products, and more of them on request', async () => {
  await page.goto(urlOf('relay.html'));
  const names = async () => (await page.textContent('p'))?.split(', ').length;
  await expect.poll(names).toBe(2);
  await page.click('text=More');
  await expect.poll(names).toBeGreaterThan(3);
});

test('the first page shows images, and one that was chosen', async () => {
  await page.goto(urlOf('index.html'));
  const newest = () => page.evaluate<string>('document.querySelector("main img")?.src');
  const before = await newest();
  const buffer = await plainJpeg(Math.floor(Math.random() * 250));
  await page.setInputFiles('input', { name: 'new.jpg', mimeType: 'image/jpeg', buffer });
  await expect.poll(() => page.getAttribute('progress', 'value')).toBe('1');
  await expect.poll(newest).not.toBe(before);
  await expect
    .poll(() => page.evaluate('document.querySelector("main img")?.naturalWidth'))
    .toBeGreaterThan(0);
  expect(await page.textContent('[role=alert]')).toBe('');
});

test('types of the operations are generated', async () => {
  const types = await readFile(join(folder, 'generated/graphql.ts'), 'utf8');
  expect(types).toContain('ProductsQuery');
  const documents: unknown = JSON.parse(
    await readFile(join(folder, 'generated/persisted-documents.json'), 'utf8'),
  );
  expect(Object.values(Object(documents))).toContainEqual(expect.stringContaining('products'));
});

test('the document explains every code of the mutations', async () => {
  const { definitions } = parse(await readFile(join(project, 'schema.graphql'), 'utf8'));
  const codes = definitions
    .filter((it): it is EnumTypeDefinitionNode => it.kind === Kind.ENUM_TYPE_DEFINITION)
    .filter(({ name }) => name.value.endsWith('ErrorCode'))
    .flatMap(({ values = [] }) => values.map(({ name }) => name.value));
  const explained = new Set([...text.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code));
  expect(codes.length).toBeGreaterThan(20);
  expect(codes.filter((code) => !explained.has(code))).toEqual([]);
});
