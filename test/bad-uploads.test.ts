import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Graph, openGraph } from './support/graph.ts';
import { watchLeftovers } from './support/leftovers.ts';
import { blackPng } from './support/pictures.ts';
import { type TestStack, openTestStack } from './support/stack.ts';

const MAX_BYTES = 4_000_000;
const QUERY =
  'mutation ($file: Upload!) { uploadMedia(input: { file: $file }) { mediaFile { id } userErrors { code } } }';
const OPERATIONS = JSON.stringify({ query: QUERY, variables: { file: null } });
const MAP = '{"0":["variables.file"]}';
const BOUNDARY = 'a-boundary';
/** A rejection is immediate; a response that takes longer hangs. */
const ANSWER_WITHIN_MS = 5_000;

let stack: TestStack;
let shop: Graph;
/** A store without files: none of its uploads may create one. */
let graph: Graph;
let leftovers: ReturnType<typeof watchLeftovers>;
let before: Awaited<ReturnType<typeof leftovers.count>>;
let jpeg: Buffer;

beforeAll(async () => {
  stack = await openTestStack({ env: { UPLOAD_MAX_BYTES: String(MAX_BYTES) } });
  shop = await openGraph(stack, 'shop');
  graph = await openGraph(stack, 'newcomer');
  leftovers = watchLeftovers(stack);
  jpeg = await noise(320, 240).jpeg({ quality: 90 }).toBuffer();
  expect((await shop.upload(jpeg)).userErrors).toEqual([]);
});
afterAll(async () => {
  await leftovers.close();
  await stack.stop();
});
beforeEach(async () => {
  before = await leftovers.count();
});
// After each of them no row, object or staged file remains, and the next upload works.
afterEach(async () => {
  await leftovers.expectSameAs(before);
  expect(await graph.ask('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
});

function noise(width: number, height: number) {
  const pixels = Buffer.from(
    Array.from({ length: width * height * 3 }, (_none, i) => (i * 7919) % 251),
  );
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

const field = (name: string, value: string) =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const fileHead = (name: string) =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`;
const TEN_THOUSAND = Array.from({ length: 10_000 }, (_none, index) => String(index));
const tenThousandFiles = TEN_THOUSAND.map((name) => `${fileHead(name)}bytes\r\n`).join('');
/** They belong to no file, so that only the limit of parts stops them. */
const tenThousandParts = TEN_THOUSAND.map(
  (name) => `--${BOUNDARY}\r\nX: ${name}\r\n\r\nx\r\n`,
).join('');
const tenThousandPaths = JSON.stringify(
  Object.fromEntries(TEN_THOUSAND.map((name) => [name, [`variables.files.${name}`]])),
);
const whole = (operations: string, map: string) =>
  Buffer.concat([
    Buffer.from(field('operations', operations) + field('map', map) + fileHead('0')),
    jpeg,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);

const send = (body: Buffer, contentType = `multipart/form-data; boundary=${BOUNDARY}`) =>
  post(body, { ...graph.headers, 'content-type': contentType });

async function post(body: Buffer, headers: Record<string, string>): Promise<Response> {
  try {
    return await fetch(`${stack.gatewayUrl}/graphql`, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
  } catch (cause) {
    const isHanging = cause instanceof DOMException && cause.name === 'TimeoutError';
    const what = isHanging ? `no answer within ${ANSWER_WITHIN_MS} ms` : 'no answer';
    throw new Error(`The gateway gave ${what}.`, { cause });
  }
}

const closed = (...parts: string[]) => Buffer.from(`${parts.join('')}--${BOUNDARY}--\r\n`);
const operations = field('operations', OPERATIONS);
const map = field('map', MAP);

test.each([
  ['no boundary', 400, () => send(whole(OPERATIONS, MAP), 'multipart/form-data')],
  [
    'another boundary',
    400,
    () => send(whole(OPERATIONS, MAP), 'multipart/form-data; boundary=other'),
  ],
  ['no operations', 400, () => send(closed(map))],
  ['no map', 400, () => send(closed(operations))],
  ['no file', 400, () => send(closed(operations, map))],
  ['nothing at all', 400, () => send(Buffer.alloc(0))],
  ['a batch', 400, () => send(whole(`[${OPERATIONS}]`, '{"0":["0.variables.file"]}'))],
  ['operations that are no JSON', 400, () => send(whole('{', MAP))],
  ['a body cut off in the file', 400, () => send(whole(OPERATIONS, MAP).subarray(0, -2_000))],
  ['ten thousand parts', 413, () => send(closed(operations, map, tenThousandParts))],
  [
    'a map of ten thousand files',
    413,
    () => send(closed(operations, field('map', tenThousandPaths), tenThousandFiles)),
  ],
  [
    'ten thousand files of which the map names one',
    400,
    () => send(closed(operations, map, tenThousandFiles)),
  ],
])('%s receives status %i', async (_what, status, request) => {
  const response = await request();
  expect(response.status).toBe(status);
  expect(await response.json()).toHaveProperty('errors.0.message');
});

test.each([
  'variables.toString.call',
  'variables.__proto__.file',
  'variables.constructor.prototype.file',
  'variables.file.then',
  'query',
  '__proto__',
  'variables',
  'variables.file.0',
  'variables.nothing',
  '',
])('rejects the path %j in map with 400 and changes no built-in function', async (path) => {
  const response = await send(whole(OPERATIONS, JSON.stringify({ 0: [path] })));
  expect(response.status).toBe(400);
  expect((await graph.upload(Buffer.from('not an image'))).userErrors).toHaveLength(1);
});

test('rejects an upload without the preflight header', async () => {
  const response = await post(whole(OPERATIONS, MAP), {
    'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
  });
  expect(response.status).toBe(400);
});

test('rejects a file that is one byte over the limit, and accepts one at the limit', async () => {
  const padded = (byteSize: number) => Buffer.concat([jpeg, Buffer.alloc(byteSize - jpeg.length)]);
  const { mediaFile, userErrors } = await graph.upload(padded(MAX_BYTES + 1));
  expect(mediaFile).toBeNull();
  expect(userErrors).toMatchObject([{ code: 'FILE_TOO_LARGE', field: ['input', 'file'] }]);
  const most = await shop.upload(padded(MAX_BYTES));
  expect(most.userErrors).toEqual([]);
  before = await leftovers.count();
});

test.each([
  ['an empty file', () => Buffer.alloc(0), {}, 'EMPTY_FILE'],
  ['unknown bytes', () => Buffer.from('\x01\x02\x03'), { filename: 'a.bin' }, 'UNSUPPORTED_TYPE'],
  [
    'a page with the name of an image',
    () => Buffer.from('<html><script>alert(1)</script>'),
    {},
    'TYPE_MISMATCH',
  ],
  ['a JPEG called a PNG', () => jpeg, { filename: 'a.png' }, 'TYPE_MISMATCH'],
  ['a JPEG declared as a video', () => jpeg, { filename: 'a', type: 'video/mp4' }, 'TYPE_MISMATCH'],
  ['half a JPEG', () => jpeg.subarray(0, jpeg.length / 2), {}, 'CORRUPT_FILE'],
  [
    'a decompression bomb',
    () => blackPng(30_000, 30_000),
    { filename: 'a.png' },
    'IMAGE_TOO_LARGE',
  ],
])('rejects %s', async (_what, bytes, options, code) => {
  const { mediaFile, userErrors } = await graph.upload(bytes(), options);
  expect(mediaFile).toBeNull();
  expect(userErrors).toMatchObject([{ code, field: ['input', 'file'] }]);
});

test('nothing remains of an upload whose client disconnects', async () => {
  const socket = await open();
  const large = Buffer.concat([
    whole(OPERATIONS, MAP).subarray(0, -1_000),
    Buffer.alloc(2_000_000),
  ]);
  socket.write(head(large.length + 1_000_000));
  socket.write(large);
  await expect
    .poll(async () => (await leftovers.count()).uploads, { timeout: 10_000 })
    .toBe(before.uploads + 1);
  socket.destroy();
});

async function open(): Promise<Socket> {
  const { hostname, port } = new URL(stack.gatewayUrl);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

const head = (length: number) =>
  `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=${BOUNDARY}\r\n` +
  `apollo-require-preflight: true\r\ncontent-length: ${length}\r\n\r\n`;
