import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { projectRoot } from '@federated-media/stack/project';
import {
  type ObjectStore,
  noObjectStore,
  startObjectStore,
} from '@federated-media/stack/testing/object-store';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { noBrowser, openChromium } from './support/chromium.ts';
import { type Graph, openGraph } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { type TestStack, openTestStack } from './support/stack.ts';

const reason = noObjectStore ? `: skipped, ${noObjectStore}` : '';
const BUCKET = 'redirected';

describe.skipIf(noObjectStore !== null)(`originals sent by the object store${reason}`, () => {
  let objectStore: ObjectStore;
  let stack: TestStack;
  let graph: Graph;
  let large: Buffer;
  let id: string;
  let url: string;

  beforeAll(async () => {
    objectStore = await startObjectStore(await temporaryFolder());
    stack = await openTestStack({
      env: {
        STORAGE_URL: await objectStore.createBucket(BUCKET),
        AWS_ACCESS_KEY_ID: objectStore.accessKeyId,
        AWS_SECRET_ACCESS_KEY: objectStore.secretAccessKey,
        DELIVERY: 'redirect',
      },
      subgraphs: ['cms'],
    });
    await objectStore.setCors(
      BUCKET,
      JSON.parse(await readFile(join(projectRoot, 'docs/bucket-cors.json'), 'utf8')),
    );
    graph = await openGraph({ ...stack, urls: {} }, 'redirected');
    large = await noise(900);
    const { mediaFile, userErrors } = await graph.upload(large, { filename: 'Fête.png' });
    expect(userErrors).toEqual([]);
    ({ id, url } = mediaFile!);
  }, 180_000);
  afterAll(async () => {
    await stack.stop();
    await objectStore.stop();
  });

  test('a large image is redirected, with its type, name and cache headers', async () => {
    const redirect = await fetch(url, { redirect: 'manual' });
    expect(redirect.status).toBe(302);
    const location = redirect.headers.get('location') ?? '';
    expect(location).toContain(objectStore.endpoint);
    const response = await fetch(location);
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(large)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': `inline; filename="F?te.png"; filename*=UTF-8''F%C3%AAte.png`,
      'cache-control': 'private, max-age=31536000, immutable',
    });
  });

  test('the signature covers the object and the headers', async () => {
    const location = (await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '';
    const changed = [
      location.replace('image%2Fpng', 'text%2Fhtml'),
      location.replace('inline', 'attachment'),
      location.replace(/X-Amz-Expires=\d+/, 'X-Amz-Expires=600'),
      location.replace('/objects/redirected/', '/objects/another/'),
    ];
    for (const each of changed) {
      expect(each).not.toBe(location);
      expect((await fetch(each)).status, each).toBe(403);
    }
  });

  test('ranges and conditions work with the ETags of both', async () => {
    const ours = (await fetch(url, { method: 'HEAD' })).headers.get('etag') ?? '';
    const whole = await fetch(url);
    await whole.arrayBuffer();
    const theirs = whole.headers.get('etag') ?? '';
    expect(theirs).not.toBe(ours);
    const part = large.subarray(10, 20);
    for (const etag of [ours, theirs]) {
      for (const headers of [
        { range: 'bytes=10-19' },
        { range: 'bytes=10-19', 'if-range': etag },
        { range: 'bytes=10-19', 'if-match': etag },
      ]) {
        const response = await fetch(url, { headers });
        expect(response.status, JSON.stringify(headers)).toBe(206);
        expect(response.headers.get('content-range')).toBe(`bytes 10-19/${large.length}`);
        expect(Buffer.from(await response.arrayBuffer()).equals(part)).toBe(true);
      }
      const unchanged = await fetch(url, { headers: { 'if-none-match': etag } });
      expect(unchanged.status).toBe(304);
      const beyond = await fetch(url, { headers: { range: `bytes=${large.length}-` } });
      expect(beyond.status).toBe(416);
      await beyond.arrayBuffer();
    }
    const other = await fetch(url, { headers: { 'if-match': '"other"' } });
    expect(other.status).toBe(412);
  });

  test('small files, and types that need headers of the CMS, are streamed', async () => {
    const small = await graph.upload(await plainJpeg(70));
    const document = `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj
4 0 obj<</Length 1100000>>stream\n${' '.repeat(1_100_000)}\nendstream endobj
trailer<</Root 1 0 R>>\n%%EOF\n`;
    const pdf = await graph.upload(Buffer.from(document), { filename: 'a.pdf' });
    expect(pdf.userErrors).toEqual([]);
    for (const { mediaFile } of [small, pdf]) {
      const response = await fetch(mediaFile!.url, { redirect: 'manual' });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-security-policy')).toContain('sandbox');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      await response.arrayBuffer();
    }
  });

  test('scripts of any page can read the bytes, and send staged uploads', async ({ skip }) => {
    if (noBrowser) skip(noBrowser);
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>page</title>');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const browser = await openChromium();
    try {
      const page = await browser.newPage();
      await page.goto(`http://localhost:${port}/`);
      const query = `mutation ($input: [StagedUploadInput!]!) {
        createStagedUploads(input: $input) { stagedUpload { url headers { name value } } }
      }`;
      const text = 'A text of a page.';
      const wanted = { filename: 'a.txt', mimeType: 'text/plain', fileSize: text.length };
      const { data } = await graph.ask(query, { input: [wanted] });
      const [{ stagedUpload }] = Staged.parse(data?.['createStagedUploads']);
      expect(new URL(stagedUpload.url).origin).toBe(new URL(objectStore.endpoint).origin);
      const sent = await page.evaluate(
        async ([target, headers, body]) =>
          (await fetch(target, { method: 'PUT', headers, body })).status,
        [
          stagedUpload.url,
          stagedUpload.headers.map(({ name, value }): [string, string] => [name, value]),
          text,
        ] as const,
      );
      expect(sent).toBe(200);
      const read = (headers: Record<string, string>) =>
        page.evaluate(
          async ([target, given]) => {
            const response = await fetch(target, { headers: given });
            const { byteLength } = await response.arrayBuffer();
            return [response.status, byteLength, response.headers.get('etag') !== null];
          },
          [url, headers] as const,
        );
      expect(await read({})).toEqual([200, large.length, true]);
      // With a preflight request, also at the object store.
      expect(await read({ 'if-none-match': '"other"' })).toEqual([200, large.length, true]);
    } finally {
      await browser.close();
      server.close();
    }
  });

  test('the URL of a trashed file redirects no more, and no URL of its bytes lives long', async () => {
    const before = (await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '';
    expect(new URL(before).searchParams.get('X-Amz-Expires')).toBe('60');
    const query = `mutation ($input: DeleteMediaInput!) {
      deleteMedia(input: $input) { userErrors { code } }
    }`;
    expect((await graph.ask(query, { input: { id } })).data).toEqual({
      deleteMedia: { userErrors: [] },
    });
    await expect.poll(async () => (await fetch(url, { redirect: 'manual' })).status).toBe(404);
  });
});

const Staged = z.tuple([
  z.object({
    stagedUpload: z.object({
      url: z.string(),
      headers: z.array(z.object({ name: z.string(), value: z.string() })),
    }),
  }),
]);

/** A PNG of noise, of three bytes for each pixel. */
const noise = (side: number): Promise<Buffer> =>
  sharp(randomBytes(side * side * 3), { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer();
