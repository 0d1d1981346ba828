import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { type SourceServer, serveSource } from '../../../testing/source-server.ts';

const IMPORT = `mutation ($input: ImportMediaInput!) {
  importMedia(input: $input) { mediaFile { id } userErrors { code field message } }
}`;

let cms: RunningCms;
let source: SourceServer;
const { promise: verdict, resolve: judge } = Promise.withResolvers<void>();
beforeAll(async () => {
  source = await serveSource();
  cms = await runCms({
    importTimeoutMs: 1_000,
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

async function expectTooLong(url: string) {
  const { data } = await cms.graphql(IMPORT, { input: { url } });
  const message = expect.stringContaining('too long');
  expect(data!['importMedia']).toEqual({
    mediaFile: null,
    userErrors: [{ code: 'SOURCE_UNREACHABLE', field: ['input', 'url'], message }],
  });
  expect(await cms.traces()).toEqual({ rows: 0, files: [] });
  await source.allHungUp();
}

test('stops a slow source in time', async () => {
  const url = source.serve('/drip.jpg', (_request, response) => {
    const drip = setInterval(() => response.write('a'), 20);
    response.on('close', () => clearInterval(drip));
  });
  await expectTooLong(url);
  expect(cms.verified).toEqual([]);
});

test('stops a source that does not respond in time', async () => {
  await expectTooLong(source.serve('/silent.jpg', () => {}));
});

test('stores no file if the verification exceeds the time limit, then or later', async () => {
  const jpeg = await drawJpeg();
  await expectTooLong(source.serve('/a.jpg', (_request, response) => void response.end(jpeg)));
  expect(cms.verified).toHaveLength(1);
  judge();
  const { mediaFile } = await cms.upload(await drawJpeg());
  expect((await cms.traces()).files).toHaveLength(1);
  expect(mediaFile).toMatchObject({ version: 1 });
});
