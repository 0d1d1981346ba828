import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterEach, expect, test } from 'vitest';
import { encodeMultipart, findUploads } from './encode-multipart.ts';
import type { MultipartRequest } from './read-multipart.ts';
import {
  bytesOf,
  closeServers,
  fieldsFor,
  fileOf,
  formOf,
  openServer,
  post,
} from './testing/http.ts';
import { type IncomingFile, Upload } from './upload.ts';

afterEach(closeServers);

const serve = async (execute: (multipart: MultipartRequest) => Promise<unknown>) =>
  (await openServer(execute)).url;

async function send(url: string, { contentType, body }: ReturnType<typeof encodeMultipart>) {
  const sending = request(url, { method: 'POST', headers: { 'content-type': contentType } });
  const answered = once(sending, 'response');
  await pipeline(body, sending);
  const [answer] = (await answered) as [IncomingMessage];
  return JSON.parse(await text(answer)) as unknown;
}

function uploadOf(bytes: Buffer, details: Partial<IncomingFile> = {}): Upload {
  const upload = new Upload();
  upload.resolve({
    fieldName: 'x',
    filename: 'x.bin',
    mimetype: 'image/png',
    encoding: '7bit',
    createReadStream: () => Readable.from([bytes]),
    ...details,
  });
  return upload;
}

function encodeAll(files: readonly Upload[]) {
  const operations = { query: 'mutation { a }', variables: { files } };
  return encodeMultipart({ operations, files: findUploads(operations) });
}

test('finds all uploads and nothing else', () => {
  const [one, two] = [new Upload(), new Upload()];
  const operations = {
    query: 'q',
    variables: { input: [{ file: one, name: 'x' }, { file: null }], n: 1, two, date: new Date() },
  };
  const found = findUploads(operations);
  expect(found.map(({ path }) => path)).toEqual(['variables.two', 'variables.input.0.file']);
  expect(found.map(({ upload }) => upload === two)).toEqual([true, false]);
});

test('searches operations that are nested deeper than the call stack', () => {
  let nested: unknown = new Upload();
  for (let depth = 0; depth < 100_000; depth += 1) nested = [nested];
  expect(findUploads({ nested })).toHaveLength(1);
});

test.each([
  [[0, 1, 2], 'the order of the map'],
  [[2, 0, 1], 'another order'],
])('files pass through two servers when they arrive as %j: %s', async (order) => {
  const files = [3_000_000, 100, 2_000_000].map((length) => randomBytes(length));
  const arrived: string[] = [];
  const second = await serve(async (multipart) => {
    for (const [index, { promise }] of multipart.uploads.entries()) {
      void promise.then(() => arrived.push(String(index)));
    }
    const received = await Promise.all(files.map((_, index) => bytesOf(multipart, index)));
    return received.map((bytes, index) => bytes.equals(files[index]!));
  });
  const first = await serve(({ uploads }) => send(second, encodeAll([...uploads])));
  const body = formOf(
    ...fieldsFor(3),
    ...order.map((index) => fileOf(String(index), files[index])),
  );
  expect((await post(first, body)).body).toEqual([true, true, true]);
  expect(arrived).toEqual(order.map(String));
});

test.each([
  'plain.jpg',
  'with "quotes".jpg',
  'ünï ☃ 写真.jpg',
  'semi;colon=1.jpg',
  '100%.jpg',
  'percent%2522%20%00.jpg',
  "it's.jpg",
])('keeps the name %s', async (filename) => {
  const url = await serve(async ({ uploads }) => (await uploads[0]!.promise).filename);
  expect(await send(url, encodeAll([uploadOf(Buffer.from('x'), { filename })]))).toBe(filename);
});

test('a name with line breaks adds no header and no part', async () => {
  const url = await serve(async ({ uploads }) => {
    const { filename, mimetype } = await uploads[0]!.promise;
    return { filename, mimetype, count: uploads.length };
  });
  const filename = 'a"\r\nX-Evil: 1\r\n\r\n<script>\0\u{85}.jpg';
  const answer = await send(url, encodeAll([uploadOf(Buffer.from('x'), { filename })]));
  expect(answer).toEqual({
    filename: 'a"\r\nX-Evil: 1\r\n\r\n<script>.jpg',
    mimetype: 'image/png',
    count: 1,
  });
});

test.each(['', 'nonsense', 'image/png\r\nX: y', 'image/png; a=b'])(
  'the type "%s" is passed on as unknown',
  async (mimetype) => {
    const url = await serve(async ({ uploads }) => (await uploads[0]!.promise).mimetype);
    const answer = await send(url, encodeAll([uploadOf(Buffer.from('x'), { mimetype })]));
    expect(answer).toBe('application/octet-stream');
  },
);

test('each body has a different boundary', () => {
  const boundaries = Array.from({ length: 100 }, () => encodeAll([]).contentType);
  expect(new Set(boundaries).size).toBe(100);
});

test('a body fails when one of its uploads fails', async () => {
  const lost = new Upload();
  const { body } = encodeAll([uploadOf(Buffer.from('x')), lost]);
  const reading = body.toArray();
  lost.reject(new Error('The client closed the connection.'));
  await expect(reading).rejects.toThrow('The client closed the connection.');
});

test('a body that is not read to its end releases its current file', async () => {
  const file = Readable.from([Buffer.from('a'), Buffer.from('b')]);
  const { body } = encodeAll([uploadOf(Buffer.alloc(0), { createReadStream: () => file })]);
  let chunks = 0;
  for await (const _chunk of body) {
    chunks += 1;
    if (chunks === 2) break;
  }
  expect(file.destroyed).toBe(true);
});
