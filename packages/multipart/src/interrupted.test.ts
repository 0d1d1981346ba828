import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import {
  bytesOf,
  closeServers,
  fieldsFor,
  fileOf,
  formOf,
  openClient,
  openRefusingServer,
  openServer,
  partOf,
  post,
} from './testing/http.ts';

afterEach(closeServers);

const whole = formOf(...fieldsFor(2), fileOf('0', 'a'.repeat(500)), fileOf('1', 'b'.repeat(500)));
// Lengths that end within a header, a field, a file, a boundary.
const cuts = [0, 1, 20, 60, 150, 300, 420, 500, 700, 1_100, 1_300, whole.length - 5];

test.each(cuts)(
  'rejects a small body that ends after %i bytes before the operation runs',
  async (length) => {
    const { url, executed } = await openRefusingServer();
    const { status } = await post(url, whole.subarray(0, length));
    expect(status).toBe(400);
    expect(executed).toEqual([]);
  },
);

test('an incomplete large file fails for its reader', async () => {
  const { url } = await openServer((multipart) => bytesOf(multipart, 0));
  const body = formOf(...fieldsFor(1), fileOf('0', randomBytes(2_000_000)));
  const { status, body: answer } = await post(url, body.subarray(0, 1_500_000));
  expect([status, answer.error]).toEqual([400, 'The multipart body is malformed or incomplete.']);
});

test('a large form without its last file fails for the reader of that file', async () => {
  const { url } = await openServer((multipart) =>
    Promise.all([bytesOf(multipart, 0), multipart.uploads[1]!.promise]),
  );
  const body = formOf(...fieldsFor(2), fileOf('0', randomBytes(2_000_000)));
  const { status, body: answer } = await post(url, body);
  expect([status, answer.error]).toEqual([400, 'File "1" is missing.']);
});

test.each([
  ['within the fields', partOf(fieldsFor(1)[0]!).subarray(0, 60), 408],
  ['before a byte of the body', Buffer.alloc(0), 408],
])('reports that a client stopped sending %s', async (_what, bytes, expected) => {
  const { port, executed } = await openRefusingServer({ idleMs: 100 });
  const client = await openClient(port);
  await client.head(1_000_000);
  await client.send(bytes);
  expect((await client.answer()).status).toBe(expected);
  expect(executed).toEqual([]);
});

test('reports that a client stopped sending within a large file', async () => {
  const { port } = await openServer((multipart) => bytesOf(multipart, 0), { idleMs: 100 });
  const client = await openClient(port);
  await client.head(2_000_000);
  await client.send(
    Buffer.concat([...fieldsFor(1).map(partOf), partOf(fileOf('0', randomBytes(1e6)))]),
  );
  expect((await client.answer()).status).toBe(408);
});

/** Sends one byte of a file every few milliseconds. */
async function openDripping(port: number) {
  const client = await openClient(port);
  await client.head(2_000_000);
  const file = partOf(fileOf('0', Buffer.alloc(1_000_000)));
  await client.send(Buffer.concat([...fieldsFor(1).map(partOf), file.subarray(0, 300_000)]));
  const dripping = setInterval(() => void client.send(Buffer.alloc(1)), 20);
  return { ...client, stop: () => clearInterval(dripping) };
}

test.each([
  ['sends a large file too slowly', { minBytesPerSecond: 1_000_000 }, 'too slow'],
  ['needs too long for a large file', { totalMs: 400 }, 'longer than 400 ms'],
])('reports that a client %s', async (_what, limits, message) => {
  const { port } = await openServer((multipart) => bytesOf(multipart, 0), {
    pace: { minBytesPerSecond: 0, windowMs: 400, totalMs: 60_000, ...limits },
  });
  const client = await openDripping(port);
  const { status, body } = await client.answer();
  client.stop();
  expect([status, body]).toEqual([408, expect.stringContaining(message)]);
});

test('reports that a client sends the fields too slowly', async () => {
  const { port, executed } = await openRefusingServer({
    pace: { minBytesPerSecond: 1_000, windowMs: 200, totalMs: 60_000 },
  });
  const client = await openClient(port);
  await client.head(1_000_000);
  await client.send(partOf(fieldsFor(1)[0]!).subarray(0, 60));
  expect((await client.answer()).status).toBe(408);
  expect(executed).toEqual([]);
});

test('a slow reader is not a slow client', async () => {
  const { url } = await openServer(
    async (multipart) => {
      const file = await multipart.uploads[0]!.promise;
      let length = 0;
      for await (const chunk of file.createReadStream()) {
        await new Promise((resolve) => setTimeout(resolve, 600));
        length += (chunk as Buffer).length;
      }
      return length;
    },
    { pace: { minBytesPerSecond: 1_000_000, windowMs: 1_000, totalMs: 60_000 } },
  );
  const body = formOf(...fieldsFor(1), fileOf('0', randomBytes(2_000_000)));
  expect(await post(url, body)).toEqual({ status: 200, body: 2_000_000 });
});

test('a slow reader is not an error of the client', async () => {
  const { url } = await openServer(
    async (multipart) => {
      const file = await multipart.uploads[0]!.promise;
      await new Promise((resolve) => {
        setTimeout(resolve, 200);
      });
      let length = 0;
      for await (const chunk of file.createReadStream()) length += (chunk as Buffer).length;
      return length;
    },
    { idleMs: 50 },
  );
  const body = formOf(...fieldsFor(1), fileOf('0', randomBytes(2_000_000)));
  expect(await post(url, body)).toEqual({ status: 200, body: 2_000_000 });
});

test('when the client disconnects, open streams fail and pending uploads reject', async () => {
  const outcomes = Promise.withResolvers<PromiseSettledResult<unknown>[]>();
  const reading = Promise.withResolvers<void>();
  const { port } = await openServer(async (multipart) => {
    const first = multipart.uploads[0]!.promise.then(async ({ createReadStream }) => {
      for await (const _chunk of createReadStream()) reading.resolve();
    });
    outcomes.resolve(await Promise.allSettled([first, multipart.uploads[1]!.promise]));
  });
  const client = await openClient(port);
  await client.head(10_000_000);
  await client.send(
    Buffer.concat([...fieldsFor(2).map(partOf), partOf(fileOf('0', randomBytes(1e6)))]).subarray(
      0,
      -2,
    ),
  );
  await reading.promise;
  client.hangUp();
  const why = expect.objectContaining({
    message: 'The client closed the connection.',
    statusCode: 400,
  }) as Error;
  expect(await outcomes.promise).toEqual([
    { status: 'rejected', reason: why },
    { status: 'rejected', reason: why },
  ]);
});

test('releases everything when a client disconnects within the fields', async () => {
  const { port, executed, settled } = await openRefusingServer();
  const client = await openClient(port);
  await client.head(1_000);
  await client.send('--');
  client.hangUp();
  await client.answer();
  await settled();
  expect(executed).toEqual([]);
});
