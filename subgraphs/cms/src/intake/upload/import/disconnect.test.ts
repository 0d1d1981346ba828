import { request } from 'node:http';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { type SourceServer, serveSource } from '../../../testing/source-server.ts';

const IMPORT = `mutation ($input: ImportMediaInput!) {
  importMedia(input: $input) { mediaFile { id } userErrors { code } }
}`;
/** Longer than any test, so that only a disconnect can end anything. */
const NO_LIMIT_MS = 600_000;

let cms: RunningCms;
let source: SourceServer;
const { promise: verdict, resolve: judge } = Promise.withResolvers<void>();
beforeAll(async () => {
  source = await serveSource();
  cms = await runCms({
    importTimeoutMs: NO_LIMIT_MS,
    allowedHosts: new Set([source.host]),
    resolve: async () => ['127.0.0.1'],
    verifying: () => verdict,
  });
});
afterAll(async () => {
  judge();
  source.close();
  await cms.close();
});

async function send(url: string) {
  const client = request(`${cms.url}/graphql`, {
    method: 'POST',
    headers: { authorization: await cms.authorization(), 'content-type': 'application/json' },
  });
  client.on('error', () => {});
  client.end(JSON.stringify({ query: IMPORT, variables: { input: { url } } }));
  return client;
}
const soon = (isSo: () => boolean | Promise<boolean>) => vi.waitUntil(isSo, { timeout: 10_000 });
async function expectNothingLeft() {
  await soon(async () => (await cms.store.count('uploads')) === 0);
  await source.allHungUp();
  expect(await cms.traces()).toEqual({ rows: 0, files: [] });
}

test('a client that disconnects before the source responds ends the request', async () => {
  const client = await send(source.serve('/silent.jpg', () => {}));
  await soon(() => source.asked.includes('/silent.jpg'));
  client.destroy();
  await expectNothingLeft();
});

test('a client that disconnects halfway ends the download', async () => {
  const url = source.serve('/endless.jpg', (_request, response) => {
    response.write(new Uint8Array(2 ** 19));
  });
  const client = await send(url);
  await soon(async () => (await cms.traces()).files.length > 0);
  client.destroy();
  await expectNothingLeft();
});

test('a client that disconnects during verification gets no file', async () => {
  const jpeg = await drawJpeg();
  const client = await send(
    source.serve('/a.jpg', (_request, response) => void response.end(jpeg)),
  );
  await soon(() => cms.verified.length > 0);
  client.destroy();
  await expectNothingLeft();
});
