import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { noBrowser, openChromium } from './support/chromium.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { openSharedStack, type SharedStack } from './support/shared-stack.ts';
import { servePage } from './support/serve-page.ts';
import { createShop } from './support/shop.ts';
import { z } from 'zod';

/** A page of another origin uses the graph with common clients. The gateway has its settings of development. */
let stack: SharedStack;
let graph: Graph;
let browser: Browser | undefined;
let served: Awaited<ReturnType<typeof servePage>> | undefined;
let page: Page;

beforeAll(async () => {
  if (noBrowser) return;
  stack = await openSharedStack();
  graph = await openGraph(stack, 'other-origin');
  [browser, served] = await Promise.all([openChromium(), servePage()]);
  page = await browser.newPage();
  await page.goto(served.url);
});
afterAll(async () => {
  await browser?.close();
  served?.close();
});
beforeEach(({ skip }) => {
  if (noBrowser) skip(noBrowser);
});

const connection = () => ({
  endpoint: `${stack.gatewayUrl}/graphql`,
  token: graph.headers.authorization.replace('Bearer ', ''),
});

/** Calls a function of `other-origin/page.ts` in the browser. */
const inPage = (name: string, ...args: unknown[]): Promise<unknown> =>
  page.evaluate(`page.${name}(...${JSON.stringify(args)})`);

const Uploaded = z.object({ uploaded: z.unknown(), fractions: z.array(z.number()) });
const Colour = z.object({ red: z.number(), green: z.number() });
const Seeked = z.object({
  duration: z.number(),
  currentTime: z.number(),
  seekableUntil: z.number(),
});
const Refused = z.object({
  status: z.number(),
  headers: z.record(z.string(), z.string().nullable()),
});

const LIBRARY = 'query Library($first: Int!) { mediaLibrary(first: $first) { totalCount } }';

test.each(['fetch', 'apollo', 'urql', 'graphqlRequest'] as const)(
  '%s gets data',
  async (client) => {
    const data = await inPage(client, { ...connection(), query: LIBRARY, variables: { first: 1 } });
    expect(data).toMatchObject({ mediaLibrary: { totalCount: expect.any(Number) } });
  },
);

test('Apollo Client joins pages of a list', async () => {
  const shop = createShop(graph);
  for (let count = 0; count < 3; count += 1) await shop.product();
  const query = `query Products($after: String) {
    products(first: 2, after: $after) {
      edges { cursor node { id } }
      pageInfo { endCursor hasNextPage }
    }
  }`;
  expect(await inPage('apolloPages', { ...connection(), query })).toBeGreaterThanOrEqual(3);
});

test('apollo-upload-client uploads a file', async () => {
  const query = `mutation Upload($file: Upload!) {
    uploadMedia(input: { file: $file }) { mediaFile { mimeType } userErrors { code } }
  }`;
  expect(await inPage('apolloUpload', { ...connection(), query })).toMatchObject({
    uploadMedia: { mediaFile: { mimeType: 'image/png' }, userErrors: [] },
  });
});

test.each(['form', 'staged', 'resumable'] as const)(
  'uploadFile sends a file as %s, with progress',
  async (method) => {
    const details = { altText: 'Noise.' };
    const answer = await inPage('upload', {
      ...connection(),
      method,
      details,
      fields: 'altText mimeType width',
    });
    const { uploaded, fractions } = Uploaded.parse(answer);
    expect(uploaded).toEqual({
      id: expect.any(String),
      altText: 'Noise.',
      mimeType: 'image/png',
      width: 300,
    });
    expect(fractions.at(0)).toBe(0);
    expect(fractions.at(-1)).toBe(1);
    expect(fractions.length).toBeGreaterThan(2);
  },
);

test('uploadFiles has a result for each file', async () => {
  expect(await inPage('uploadMany', connection())).toEqual([
    'image/png',
    expect.stringMatching(/^(?:CORRUPT_FILE|UNSUPPORTED_TYPE|TYPE_MISMATCH)$/),
    'image/png',
  ]);
});

test('an upload ends when the server is silent', async () => {
  const connections: Socket[] = [];
  const silent = createServer((socket) => connections.push(socket.pause())).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  expect(await inPage('uploadToSilence', `http://127.0.0.1:${port}/graphql`)).toBe('NETWORK');
  expect(connections.length).toBeGreaterThanOrEqual(2);
  for (const socket of connections) socket.destroy();
  silent.close();
});

test('the page can read why a request was refused', async () => {
  const { endpoint } = connection();
  const refused = await inPage('readResponse', endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer nonsense' },
    body: '{"query":"{ __typename }"}',
  });
  const { status, headers } = Refused.parse(refused);
  expect([status, headers['x-request-id']]).toEqual([401, expect.stringMatching(/./)]);
});

test.each(['PUBLIC', 'PRIVATE'])('scripts can read the bytes of a %s image', async (visibility) => {
  const { mediaFile } = await graph.upload(await plainJpeg(250), { details: { visibility } });
  const { url } = mediaFile!;
  const { red, green } = Colour.parse(await inPage('colour', url));
  expect([red > 200, green < 50]).toEqual([true, true]);

  const range = await inPage('readResponse', url, { headers: { range: 'bytes=10-19' } });
  expect(range).toMatchObject({
    status: 206,
    bytes: 10,
    headers: {
      etag: expect.stringMatching(/^"/),
      'content-length': '10',
      'accept-ranges': 'bytes',
      'content-range': expect.stringMatching(/^bytes 10-19\//),
    },
  });
  const gone = await inPage('readResponse', url.replace(/signature=./, 'signature='));
  expect(gone).toMatchObject({ status: 403 });
});

test('a video can be played from its middle', async () => {
  const clip = '../subgraphs/cms/src/testing/recordings/clip.webm';
  const bytes = await readFile(join(import.meta.dirname, clip));
  const { mediaFile } = await graph.upload(bytes, { filename: 'clip.webm', type: 'video/webm' });
  const partial = page.waitForResponse((response) => response.status() === 206);
  const { duration, ...seeked } = Seeked.parse(await inPage('seek', mediaFile!.url));
  expect(seeked).toEqual({ currentTime: duration / 2, seekableUntil: duration });
  expect((await partial).headers()['accept-ranges']).toBe('bytes');
});
