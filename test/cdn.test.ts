import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@federated-media/stack/ports';
import { projectRoot } from '@federated-media/stack/project';
import { startModule } from '@federated-media/stack/stack/module-process';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type Graph, openGraph } from './support/graph.ts';
import { noNginx, openNginx } from './support/nginx-cache.ts';
import { plainJpeg } from './support/pictures.ts';
import { type TestStack, openTestStack } from './support/stack.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
/** A request that failed is repeated after 20 s at the latest, on a busy machine. */
const SETTLED = { timeout: 90_000, interval: 100 };
const Urls = z.object({
  data: z.object({ mediaFile: z.object({ id: z.string(), url: z.string(), small: z.string() }) }),
});

let folder: string;
let stack: TestStack | undefined;
let graph: Graph;
let nginx: Awaited<ReturnType<typeof openNginx>> | undefined;
let relay: ReturnType<typeof startModule> | undefined;
let relayPort: number;
let cmsUrl: string;

beforeAll(async () => {
  if (noNginx) return;
  folder = await temporaryFolder();
  const [port, cmsPort] = [await freePort(), await freePort()];
  relayPort = await freePort();
  cmsUrl = `http://127.0.0.1:${cmsPort}`;
  stack = await openTestStack({
    subgraphs: ['cms'],
    env: {
      CMS_PORT: `${cmsPort}`,
      PUBLIC_MEDIA_URL: `http://127.0.0.1:${port}`,
      CDN_PURGE_URL: `http://127.0.0.1:${relayPort}/purge`,
      CDN_PURGE_SECRET: SECRET,
    },
  });
  nginx = await openNginx(join(folder, 'nginx'), { port, cms: `127.0.0.1:${cmsPort}` });
  graph = await openGraph(stack, 'cdn');
});
beforeEach(({ skip }) => {
  if (noNginx) skip(noNginx);
});
afterAll(async () => {
  await relay?.stop();
  await nginx?.stop();
  await stack?.stop();
  if (folder) await rm(folder, { recursive: true });
});

function startRelay() {
  relay = startModule(
    {
      name: 'purge-relay',
      main: join(projectRoot, 'packages/production/src/run.ts'),
      args: ['purge-relay'],
    },
    {
      env: {
        PATH: process.env['PATH'],
        PURGE_RELAY_PORT: `${relayPort}`,
        PURGE_RELAY_FOLDER: nginx!.cacheFolder,
        CDN_PURGE_SECRET: SECRET,
      },
      output: 'collect',
      stopWithinMs: 10_000,
    },
  );
  return relay.ready;
}

async function upload(hue: number, details = {}) {
  const { mediaFile } = await graph.upload(await plainJpeg(hue), { details });
  const query =
    'query ($id: ID!) { mediaFile(id: $id) { id url small: url(transform: { width: 20 }) } }';
  return Urls.parse(await graph.ask(query, { id: mediaFile!.id })).data.mediaFile;
}

async function load(url: string, accept = '*/*') {
  const response = await fetch(url, { headers: { accept } });
  await response.arrayBuffer();
  const { status, headers } = response;
  return `${status} ${headers.get('x-cache')} ${headers.get('content-type')}`;
}

async function trash(id: string) {
  const mutation =
    'mutation ($id: ID!) { deleteMedia(input: { id: $id }) { userErrors { code } } }';
  expect(await graph.ask(mutation, { id })).toEqual({ data: { deleteMedia: { userErrors: [] } } });
}

test('files are cached by format, PRIVATE ones and other paths are not', async () => {
  const file = await upload(10);
  expect(await load(file.url)).toBe('200 MISS image/jpeg');
  expect(await load(file.url)).toBe('200 HIT image/jpeg');
  expect(await load(file.small, 'image/webp')).toBe('200 MISS image/webp');
  expect(await load(file.small, 'image/webp')).toBe('200 HIT image/webp');
  expect(await load(file.small, 'image/jpeg')).toBe('200 MISS image/jpeg');
  const part = await fetch(file.url, { headers: { range: 'bytes=0-9' } });
  expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 10]);
  expect(await load(file.url.replace(/signature=./, 'signature='))).toMatch(/^403 /);

  const secret = await upload(20, { visibility: 'PRIVATE' });
  expect(await load(secret.url)).toBe('200 MISS image/jpeg');
  expect(await load(secret.url)).toBe('200 MISS image/jpeg');
  for (const path of ['/graphql', '/metrics', '/health/ready', '/health/serving', '/']) {
    expect((await fetch(nginx!.url + path)).status).toBe(404);
  }
});

test('a deleted file ends in the cache too, although the CDN did not accept requests at first', async () => {
  const [file, kept] = [await upload(30), await upload(40)];
  const cached = [file.url, file.small];
  for (const url of [...cached, kept.url]) {
    await load(url, 'image/webp');
    expect(await load(url, 'image/webp')).toContain('200 HIT');
  }
  await trash(file.id);
  const direct = file.url.replace(nginx!.url, cmsUrl);
  await expect.poll(async () => (await fetch(direct)).status, SETTLED).toBe(404);
  // Nothing but a request to the cache ends what it has.
  expect(await load(file.url)).toContain('200 HIT');

  const relayUrl = await startRelay();
  for (const url of cached) {
    await expect.poll(() => load(url, 'image/webp'), SETTLED).toContain('404 MISS');
  }
  expect(await load(kept.url, 'image/webp')).toContain('200 HIT');

  const forged = await fetch(relayUrl, {
    method: 'POST',
    body: JSON.stringify({ type: 'media.ended', files: [{ url: kept.url }] }),
  });
  expect(forged.status).toBe(401);
  expect(await load(kept.url, 'image/webp')).toContain('200 HIT');
}, 240_000);
