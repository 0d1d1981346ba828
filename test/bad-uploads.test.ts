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

let stack: TestStack;
let graph: Graph;
let leftovers: ReturnType<typeof watchLeftovers>;
let before: Awaited<ReturnType<typeof leftovers.count>>;
let jpeg: Buffer;

beforeAll(async () => {
  stack = await openTestStack({ env: { UPLOAD_MAX_BYTES: String(MAX_BYTES) } });
  graph = await openGraph(stack, 'shop');
  leftovers = watchLeftovers(stack);
  jpeg = await noise(320, 240).jpeg({ quality: 90 }).toBuffer();
  expect((await graph.upload(jpeg)).userErrors).toEqual([]);
});
afterAll(async () => {
  await leftovers.close();
  await stack.stop();
});
beforeEach(async () => {
  before = await leftovers.count();
});
// Whatever was sent: no row, no object, no staged file is left of it, and the next one is served.
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
const fileHead = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="0"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`;
const whole = (operations: string, map: string) =>
  Buffer.concat([
    Buffer.from(field('operations', operations) + field('map', map) + fileHead),
    jpeg,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);

const send = (body: Buffer, contentType = `multipart/form-data; boundary=${BOUNDARY}`) =>
  fetch(`${stack.gatewayUrl}/graphql`, {
    method: 'POST',
    headers: { ...graph.headers, 'content-type': contentType },
    body: new Uint8Array(body),
  });

test.each([
  ['no boundary', () => send(whole(OPERATIONS, MAP), 'multipart/form-data')],
  ['another boundary', () => send(whole(OPERATIONS, MAP), 'multipart/form-data; boundary=other')],
  ['no operations', () => send(Buffer.from(`${field('map', MAP)}--${BOUNDARY}--\r\n`))],
  ['no map', () => send(Buffer.from(`${field('operations', OPERATIONS)}--${BOUNDARY}--\r\n`))],
  [
    'no file',
    () =>
      send(
        Buffer.from(`${field('operations', OPERATIONS)}${field('map', MAP)}--${BOUNDARY}--\r\n`),
      ),
  ],
  ['nothing at all', () => send(Buffer.alloc(0))],
  ['a batch', () => send(whole(`[${OPERATIONS}]`, '{"0":["0.variables.file"]}'))],
  ['operations that are no JSON', () => send(whole('{', MAP))],
  ['a body cut off in the file', () => send(whole(OPERATIONS, MAP).subarray(0, -2_000))],
  [
    'ten thousand parts',
    () =>
      send(
        Buffer.from(
          field('operations', OPERATIONS) +
            field('map', MAP) +
            fileHead.repeat(10_000) +
            `\r\n--${BOUNDARY}--\r\n`,
        ),
      ),
  ],
])('%s answers with a 4xx', async (_what, request) => {
  const response = await request();
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
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
])('the path %j in map answers with a 4xx and changes no built-in', async (path) => {
  const response = await send(whole(OPERATIONS, JSON.stringify({ 0: [path] })));
  expect(response.status).toBe(400);
  expect((await graph.upload(Buffer.from('not a picture'))).userErrors).toHaveLength(1);
});

test('an upload without the preflight header is refused', async () => {
  const response = await fetch(`${stack.gatewayUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    body: new Uint8Array(whole(OPERATIONS, MAP)),
  });
  expect(response.status).toBe(400);
});

test('a file over the limit by one byte is too large; at the limit it is not', async () => {
  const padded = (byteSize: number) => Buffer.concat([jpeg, Buffer.alloc(byteSize - jpeg.length)]);
  const { mediaFile, userErrors } = await graph.upload(padded(MAX_BYTES + 1));
  expect(mediaFile).toBeNull();
  expect(userErrors).toMatchObject([{ code: 'FILE_TOO_LARGE', field: ['input', 'file'] }]);
  const most = await graph.upload(padded(MAX_BYTES));
  expect(most.userErrors).toEqual([]);
  before = await leftovers.count();
});

test.each([
  ['an empty file', () => Buffer.alloc(0), {}, 'EMPTY_FILE'],
  ['a text', () => Buffer.from('hello'), { filename: 'a.txt' }, 'UNSUPPORTED_TYPE'],
  [
    'a page called a picture',
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
])('%s is refused', async (_what, bytes, options, code) => {
  const { mediaFile, userErrors } = await graph.upload(bytes(), options);
  expect(mediaFile).toBeNull();
  expect(userErrors).toMatchObject([{ code, field: ['input', 'file'] }]);
});

test('a client that hangs up half way leaves nothing', async () => {
  const socket = await open();
  const large = Buffer.concat([
    whole(OPERATIONS, MAP).subarray(0, -1_000),
    Buffer.alloc(2_000_000),
  ]);
  socket.write(head(large.length + 1_000_000));
  socket.write(large);
  await expect.poll(async () => (await leftovers.count()).reserved, { timeout: 10_000 }).toBe(1);
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
