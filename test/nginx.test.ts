import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@federated-media/stack/ports';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Graph, openGraph } from './support/graph.ts';
import { noNginx, openNginx } from './support/nginx.ts';
import { plainJpeg } from './support/pictures.ts';
import { type TestStack, openTestStack } from './support/stack.ts';

const reason = noNginx ? `: skipped, ${noNginx}` : '';

describe.skipIf(noNginx !== null)(`originals sent by nginx${reason}`, () => {
  let folder: string;
  let stack: TestStack;
  let nginx: Awaited<ReturnType<typeof openNginx>>;
  let graph: Graph;
  let bytes: Buffer;
  let id: string;
  /** At nginx. */
  let url: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    stack = await openTestStack({
      env: { DELIVERY: 'accel', PUBLIC_MEDIA_URL: publicUrl },
      subgraphs: ['cms'],
    });
    nginx = await openNginx(folder, {
      cmsUrl: stack.urls['cms'] ?? '',
      objects: join(stack.dataDir, 'media/objects'),
      port,
    });
    graph = await openGraph({ ...stack, urls: {} }, 'behind-nginx');
    bytes = await plainJpeg(60);
    const { mediaFile } = await graph.upload(bytes, { filename: 'Fête d’été.jpg' });
    ({ id, url } = mediaFile!);
  });
  afterAll(async () => {
    await nginx.stop();
    await stack.stop();
    await rm(folder, { recursive: true });
  });

  const get = async (headers: Record<string, string> = {}, target = url) => {
    const response = await fetch(target, { headers });
    const body = Buffer.from(await response.arrayBuffer()).toString('latin1');
    const received = Object.fromEntries(response.headers);
    return { status: response.status, headers: received, body };
  };
  const direct = () => url.replace(nginx.url, stack.urls['cms'] ?? '');

  test('the response is the one of the CMS, and the bytes come from nginx', async () => {
    const [fromNginx, fromCms] = [await get(), await get({}, direct())];
    expect(fromNginx.status).toBe(200);
    expect(fromNginx.body).toBe(bytes.toString('latin1'));
    const {
      date: _date,
      connection: _kept,
      'keep-alive': _time,
      'x-request-id': _id,
      ...expected
    } = fromCms.headers;
    expect(fromNginx.headers).toMatchObject({
      ...expected,
      'x-request-id': expect.stringMatching(/./),
      server: 'nginx',
    });
    expect(fromNginx.headers).not.toHaveProperty('last-modified');
    expect(fromNginx.headers).not.toHaveProperty('x-accel-redirect');
    // The CMS sent no bytes.
    const asked = await get({ 'x-accel-location': '/_objects/' }, direct());
    expect(asked.body).toHaveLength(0);
    expect(asked.headers['x-accel-redirect']).toMatch(/^\/_objects\/behind-nginx\//);
  });

  test('ranges, conditions and HEAD work as without nginx', async () => {
    const { headers: all } = await get();
    const etag = all['etag'] ?? '';
    const cases: Record<string, string>[] = [
      { range: 'bytes=10-19' },
      { range: 'bytes=-5' },
      { range: 'bytes=10-19', 'if-range': etag },
      { range: 'bytes=10-19', 'if-range': '"other"' },
      { range: `bytes=${bytes.length}-` },
      { range: 'bytes=0-1,5-6' },
      { 'if-none-match': etag },
      { 'if-none-match': '"other"' },
      { 'if-match': etag },
      { 'if-match': '"other"' },
      { 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' },
      { 'if-unmodified-since': 'Fri, 01 Jan 2000 00:00:00 GMT' },
    ];
    for (const headers of cases) {
      const [expected, found] = [await get(headers, direct()), await get(headers)];
      const name = JSON.stringify(headers);
      expect([found.status, found.body], name).toEqual([expected.status, expected.body]);
      for (const header of ['content-range', 'content-length', 'cache-control', 'etag'])
        expect(found.headers[header], `${name} ${header}`).toBe(expected.headers[header]);
    }
    const head = await fetch(url, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(bytes.length));
  });

  test('clients cannot request the location of the files', async () => {
    const { headers } = await get({ 'x-accel-location': '/_objects/' }, direct());
    const internal = headers['x-accel-redirect'] ?? '';
    for (const path of [internal, internal.replace('/_', '/%5F'), `/media/..${internal}`]) {
      const response = await get({}, `${nginx.url}${path}`);
      expect([403, 404], path).toContain(response.status);
      expect(response.body, path).not.toContain('JFIF');
    }
  });

  test('a trashed file is not found any more, within the promised time', async () => {
    const query = `mutation ($input: DeleteMediaInput!) {
      deleteMedia(input: $input) { userErrors { code } }
    }`;
    expect((await graph.ask(query, { input: { id } })).data).toEqual({
      deleteMedia: { userErrors: [] },
    });
    await expect.poll(async () => (await get()).status).toBe(404);
    expect((await get()).headers['cache-control']).toBe('no-store');
  });
});
