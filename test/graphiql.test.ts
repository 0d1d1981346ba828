import type { Browser, Page, Request } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { noBrowser, openChromium } from './support/chromium.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { openSharedStack, type SharedStack } from './support/shared-stack.ts';
import { createShop } from './support/shop.ts';

let stack: SharedStack | undefined;
let graph: Graph;
let browser: Browser | undefined;
let requests: Request[];
let complaints: string[];

beforeAll(async () => {
  if (noBrowser) return;
  stack = await openSharedStack();
  graph = await openGraph(stack, 'graphiql');
  await addProduct();
  browser = await openChromium();
});

afterAll(() => browser?.close());

beforeEach(() => {
  requests = [];
  complaints = [];
});

test('the first query returns the products and their images', async ({ skip }) => {
  const page = await openGraphiQL(skip);
  await run(page);
  await expectAnswer(page, 'A red square.');
});

test('the page loads nothing from other hosts, and the browser reports no errors', async ({
  skip,
}) => {
  const page = await openGraphiQL(skip);
  await run(page);
  await expectAnswer(page, 'A chair');

  const hosts = new Set(requests.map((request) => new URL(request.url()).host));
  expect(hosts).toEqual(new Set([new URL(stack!.gatewayUrl).host]));
  expect(complaints).toEqual([]);
});

test('sends the headers of the header editor, and keeps them after a reload', async ({ skip }) => {
  const page = await openGraphiQL(skip);
  const headers = page.locator('.graphiql-editor-tool .graphiql-editor:visible');
  await headers.locator('.view-lines').waitFor();
  await headers.click();
  await page.keyboard.insertText('{"x-example": "from the editor"}');
  await headers.filter({ hasText: 'from the editor' }).waitFor();
  await run(page);
  await expectAnswer(page, 'A chair');

  const sent = requests.find((request) => request.postData()?.includes('query Products'));
  expect(sent?.headers()).toMatchObject({
    'x-example': 'from the editor',
    'apollo-require-preflight': 'true',
  });

  // The editor reads this entry at start. It is stored half a second after the last key; the history has the headers
  // earlier. The content security policy of the page forbids `waitForFunction`.
  await expect
    .poll(() => page.evaluate('localStorage.getItem("graphiql:headers")'), { timeout: 10_000 })
    .toContain('from the editor');
  await page.reload();
  await headers.filter({ hasText: 'from the editor' }).waitFor();
});

async function openGraphiQL(skip: (reason: string) => never): Promise<Page> {
  if (!browser || !stack) return skip(noBrowser ?? 'Chromium did not start');
  const { authorization } = graph.headers;
  const page = await browser.newPage({ extraHTTPHeaders: { authorization } });
  page.on('request', (request) => requests.push(request));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(`${stack.gatewayUrl}/graphiql`);
  return page;
}

async function run(page: Page): Promise<void> {
  await page.locator('.graphiql-query-editor', { hasText: 'query Products' }).waitFor();
  await page.getByRole('button', { name: /Execute query/ }).click();
}

async function expectAnswer(page: Page, text: string): Promise<void> {
  await page.locator('.graphiql-response', { hasText: text }).waitFor();
}

async function addProduct(): Promise<void> {
  const create = { width: 30, height: 20, channels: 3, background: '#c33' } as const;
  const details = { altText: 'A red square.' };
  const png = await sharp({ create }).png().toBuffer();
  const { mediaFile } = await graph.upload(png, { filename: 'red.png', details });
  const shop = createShop(graph);
  expect(await shop.makeMain(await shop.product(), mediaFile!.id)).toEqual([]);
}
