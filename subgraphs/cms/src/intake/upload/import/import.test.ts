import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { type SourceServer, serveSource } from '../../../testing/source-server.ts';

const MAX_BYTES = 20 * 2 ** 20;
const IMPORT = `mutation ($input: ImportMediaInput!) { importMedia(input: $input) {
  mediaFile { id originalFilename mimeType } reused userErrors { code field message } } }`;
/** Megabytes, so that the first ones are more than the buffers of an unread socket. */
const MEGABYTE = new Uint8Array(2 ** 20);

let cms: RunningCms;
let source: SourceServer;
let log: string[] = [];
beforeAll(async () => {
  source = await serveSource();
  cms = await runCms({
    uploadMaxBytes: MAX_BYTES,
    importTimeoutMs: 60_000,
    allowedHosts: new Set([source.host]),
    resolve: async (host) => (host === 'both.test' ? ['93.184.216.34', '10.0.0.1'] : ['127.0.0.1']),
    logLine: (line) => log.push(line),
  });
});
afterEach(() => {
  log = [];
});
afterAll(async () => {
  source.close();
  await cms.close();
});

async function importMedia(url: string, input: object = {}) {
  const { data, errors } = await cms.graphql(IMPORT, { input: { url, ...input } });
  expect(errors).toBeUndefined();
  return data!['importMedia'];
}
async function expectRefusal(url: string, code: string) {
  const before = await cms.traces();
  const result = await importMedia(url);
  expect(result, url).toEqual({
    mediaFile: null,
    reused: false,
    userErrors: [{ code, field: ['input', 'url'], message: expect.any(String) }],
  });
  expect(await cms.traces()).toEqual(before);
  await source.allHungUp();
  return result.userErrors[0].message as string;
}

test('stops an endless body at the limit', async () => {
  let sent = 0;
  const url = source.serve('/endless.jpg', (_request, response) => {
    const pour = () => {
      if (response.destroyed) return;
      sent += MEGABYTE.length;
      if (response.write(MEGABYTE)) setImmediate(pour);
      else response.once('drain', pour);
    };
    pour();
  });
  await expectRefusal(url, 'FILE_TOO_LARGE');
  expect(sent).toBeLessThan(MAX_BYTES * 2);
});

test('does not read a body whose declared size is too large', async () => {
  const url = source.serve('/large.jpg', (_request, response) => {
    response.writeHead(200, { 'content-length': MAX_BYTES + 1 }).flushHeaders();
  });
  await expectRefusal(url, 'FILE_TOO_LARGE');
});

test('rejects half a file', async () => {
  const jpeg = await drawJpeg();
  const half = jpeg.subarray(0, jpeg.length / 2);
  const url = source.serve('/half.jpg', (_request, response) => {
    response.writeHead(200, { 'content-length': jpeg.length });
    response.write(half, () => response.destroy());
  });
  await expectRefusal(url, 'SOURCE_UNREACHABLE');
  const unsaid = source.serve('/unsaid.jpg', (_request, response) => {
    response.useChunkedEncodingByDefault = false;
    response.removeHeader('transfer-encoding');
    response.end(half);
  });
  await expectRefusal(unsaid, 'CORRUPT_FILE');
});

test('determines the type from the bytes, whatever the source declares', async () => {
  const jpeg = await drawJpeg();
  const serve = (path: string, bytes: Uint8Array | string, type: string) =>
    source.serve(path, (_request, response) => {
      response.writeHead(200, { 'content-type': type }).end(bytes);
    });
  await expectRefusal(serve('/liar', jpeg, 'image/png'), 'TYPE_MISMATCH');
  await expectRefusal(serve('/page.jpg', '<html>No.</html>', 'image/jpeg'), 'TYPE_MISMATCH');
  await expectRefusal(serve('/page', '<html>No.</html>', 'text/html'), 'UNSUPPORTED_TYPE');
  await expectRefusal(serve('/empty.jpg', '', 'image/jpeg'), 'EMPTY_FILE');
  expect(await importMedia(serve('/plain', jpeg, 'Image/JPEG; charset=utf-8'))).toMatchObject({
    mediaFile: { originalFilename: 'plain.jpg', mimeType: 'image/jpeg' },
    userErrors: [],
  });
  expect(await importMedia(serve('/', jpeg, 'application/octet-stream'))).toMatchObject({
    mediaFile: { originalFilename: 'import.jpg' },
  });
});

test('the path of a URL claims no type, and the name gets the extension of the bytes', async () => {
  const jpeg = await drawJpeg();
  for (const [path, originalFilename] of [
    ['/photo.png', 'photo.jpg'],
    ['/image.php?id=5', 'image.jpg'],
    ['/photo.JPEG', 'photo.JPEG'],
    ['/v1.2', 'v1.2.jpg'],
  ] as const) {
    const url = source.serve(path, (_request, response) => response.end(jpeg));
    expect(await importMedia(url), path).toMatchObject({ mediaFile: { originalFilename } });
  }
});

test('the path of a URL tells one kind of text from another', async () => {
  for (const [path, text, mimeType] of [
    ['/data.csv', 'a,b\n1,2\n', 'text/csv'],
    ['/README.md', '<p align="center">Words</p>', 'text/markdown'],
    ['/photo.jpg', 'Just words.', 'text/plain'],
  ] as const) {
    const url = source.serve(path, (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).end(text);
    });
    expect(await importMedia(url), path).toMatchObject({ mediaFile: { mimeType } });
  }
});

test('uses the name that the source states', async () => {
  const jpeg = await drawJpeg();
  for (const [given, originalFilename] of [
    ['attachment; filename="Zürich.jpg"', 'Zürich.jpg'],
    ["attachment; filename*=utf-8''..%2FZ%C3%BCrich.jpg", 'Zürich.jpg'],
    ['attachment; filename="..."', 'a b.jpg'],
  ] as const) {
    const url = source.serve('/a%20b.jpg', (_request, response) => {
      const bytes = Buffer.from(given, 'utf8').toString('latin1');
      response.writeHead(200, { 'content-disposition': bytes }).end(jpeg);
    });
    expect(await importMedia(url), given).toMatchObject({ mediaFile: { originalFilename } });
  }
});

test.each([
  ['http://both.test/a.jpg', 'SOURCE_FORBIDDEN'],
  ['http://localhost/a.jpg', 'SOURCE_FORBIDDEN'],
  ['http://[::1]:4001/graphql', 'SOURCE_FORBIDDEN'],
  ['http://0x7f.1:4001/graphql', 'SOURCE_FORBIDDEN'],
  ['file:///etc/passwd', 'SOURCE_FORBIDDEN'],
  ['data:image/gif;base64,R0lGODlhAQABAAAAACw=', 'SOURCE_FORBIDDEN'],
  ['javascript:alert(1)', 'SOURCE_FORBIDDEN'],
])('rejects %s without revealing where it leads', async (url, code) => {
  const message = await expectRefusal(url, code);
  expect(message).not.toMatch(/\d+\.\d+|::|\.test|localhost/);
});

test.each([404, 500])('reports status %i', async (status) => {
  const url = source.serve('/status', (_request, response) => {
    response.writeHead(status).end('10.0.0.1 is down');
  });
  expect(await expectRefusal(url, 'SOURCE_UNREACHABLE')).toBe(
    `The source responded with status ${status}.`,
  );
});

test('reports an invalid URL before fetching anything', async () => {
  for (const url of ['nonsense', '', 'http://', 'http://[', '//files.test/a.jpg']) {
    const { errors } = await cms.graphql(IMPORT, { input: { url } });
    expect(errors, url).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
});

test('logs the progress', async () => {
  const url = source.serve('/big.jpg', (_request, response) => {
    for (let index = 0; index < 17; index += 1) response.write(MEGABYTE);
    response.end();
  });
  await expectRefusal(url, 'UNSUPPORTED_TYPE');
  const lines = log.map((line) => JSON.parse(line));
  const counted = lines.filter(({ msg }) => msg === 'import in progress');
  expect(counted).toHaveLength(2);
  expect(counted[1].bytes).toBeGreaterThanOrEqual(16 * 2 ** 20);
  expect(counted[0].upload).toBe(counted[1].upload);
});
