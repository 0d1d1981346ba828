import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { MultipartRequest } from './read-multipart.ts';
import {
  bytesOf,
  closeServers,
  fieldsFor,
  fileOf,
  formOf,
  openClient,
  openServer,
  partOf,
  post,
} from './testing/http.ts';

afterEach(closeServers);

test('a file arrives unchanged, with a name in any script', async () => {
  const bytes = randomBytes(300_000);
  const { url } = await openServer(async (multipart) => {
    const { filename, mimetype, fieldName } = await multipart.uploads[0]!.promise;
    const received = await bytesOf(multipart, 0);
    return { filename, mimetype, fieldName, equal: received.equals(bytes) };
  });
  const file = { name: '0', filename: '写真 é.jpg', type: 'image/jpeg', body: bytes };
  expect((await post(url, formOf(...fieldsFor(1), file))).body).toEqual({
    filename: '写真 é.jpg',
    mimetype: 'image/jpeg',
    fieldName: '0',
    equal: true,
  });
});

test.each([
  ['../../etc/passwd', 'passwd'],
  [String.raw`C:\\photos\\cat.jpg`, 'cat.jpg'],
  [String.raw`a \"b\".jpg`, 'a "b".jpg'],
  ['..', 'file'],
  ['a%22b%0D%0A.jpg', 'a"b\r\n.jpg'],
  ['100%25 %2522 %22%0d%0a.jpg', '100%25 %2522 "%0d%0a.jpg'],
  ['%%2222.jpg', '%"22.jpg'],
  ['%22..%2Fetc%2Fpasswd', '"..%2Fetc%2Fpasswd'],
])('a file that is sent as %s has the name %s', async (filename, expected) => {
  const { url } = await openServer(async ({ uploads }) => (await uploads[0]!.promise).filename);
  const file = { ...fileOf('0'), filename };
  expect((await post(url, formOf(...fieldsFor(1), file))).body).toBe(expected);
});

test('accepts an empty file', async () => {
  const { url } = await openServer(async (multipart) => (await bytesOf(multipart, 0)).length);
  expect(await post(url, formOf(...fieldsFor(1), fileOf('0', '')))).toEqual({
    status: 200,
    body: 0,
  });
});

test('accepts a multipart request without files', async () => {
  const { url } = await openServer(async ({ operations }) => operations);
  expect((await post(url, formOf(...fieldsFor(0)))).body).toMatchObject({
    variables: { files: [] },
  });
});

test('large files can be read concurrently, in any order of arrival', async () => {
  const files = [randomBytes(3_000_000), randomBytes(2_000_000), randomBytes(1_000_000)];
  const { url } = await openServer(async (multipart) => {
    const received = await Promise.all(files.map((_, index) => bytesOf(multipart, index)));
    return received.map((bytes, index) => bytes.equals(files[index]!));
  });
  const inOtherOrder = [2, 0, 1].map((index) => fileOf(String(index), files[index]));
  expect((await post(url, formOf(...fieldsFor(3), ...inOtherOrder))).body).toEqual([
    true,
    true,
    true,
  ]);
});

test('a file read second but sent first ends in an error, not in a deadlock', async () => {
  const { url } = await openServer(
    async (multipart) => [await bytesOf(multipart, 0), await bytesOf(multipart, 1)],
    { unreadMs: 100 },
  );
  const files = [fileOf('1', randomBytes(3_000_000)), fileOf('0', randomBytes(3_000_000))];
  const { status, body } = await post(url, formOf(...fieldsFor(2), ...files));
  expect(status).toBe(400);
  expect(body.error).toContain('was not read for 100 ms');
});

test('reports at once that a file will never be read', async () => {
  const { url } = await openServer(
    async (multipart) => [await bytesOf(multipart, 0), await bytesOf(multipart, 1)],
    { unreadMs: 3_600_000 },
  );
  const files = [fileOf('1', randomBytes(3_000_000)), fileOf('0', randomBytes(3_000_000))];
  const { status, body } = await post(url, formOf(...fieldsFor(2), ...files));
  expect(status).toBe(400);
  expect(body.error).toContain('before one that the operation reads earlier');
});

test('files that are read one after the other may be slow if they arrive in that order', async () => {
  const { url } = await openServer(async (multipart) => {
    const lengths: number[] = [];
    for (const index of multipart.uploads.keys()) {
      lengths.push((await bytesOf(multipart, index)).length);
      await sleep(50);
    }
    return lengths;
  });
  const files = ['0', '1', '2'].map((name) => fileOf(name, randomBytes(1_000_000)));
  const { body } = await post(url, formOf(...fieldsFor(3), ...files));
  expect(body).toEqual([1_000_000, 1_000_000, 1_000_000]);
});

test('files that are all awaited may arrive in any order and be read late', async () => {
  const { url } = await openServer((multipart) =>
    Promise.all(
      multipart.uploads.map(async ({ promise }) => {
        const { createReadStream } = await promise;
        await sleep(50);
        return (await buffer(createReadStream())).length;
      }),
    ),
  );
  const files = ['1', '0'].map((name) => fileOf(name, randomBytes(1_000_000)));
  const { body } = await post(url, formOf(...fieldsFor(2), ...files));
  expect(body).toEqual([1_000_000, 1_000_000]);
});

test('the next file arrives after the reader of the previous one stops', async () => {
  const { url } = await openServer(async (multipart) => {
    const first = (await multipart.uploads[0]!.promise).createReadStream();
    await once(first, 'readable');
    first.destroy();
    return (await bytesOf(multipart, 1)).length;
  });
  const files = [fileOf('0', randomBytes(5_000_000)), fileOf('1', randomBytes(1_000_000))];
  expect((await post(url, formOf(...fieldsFor(2), ...files))).body).toBe(1_000_000);
});

test('a file can be read once', async () => {
  const { url } = await openServer(async (multipart) => {
    const file = await multipart.uploads[0]!.promise;
    file.createReadStream().resume();
    return file.createReadStream();
  });
  const { status, body } = await post(url, formOf(...fieldsFor(1), fileOf('0')));
  expect([status, body.error]).toEqual([400, 'File "0" is used twice. Send it once per usage.']);
});

test.each([
  [99, 99],
  [100, 100],
  [101, 101],
  [102, 101],
  [500_000, 101],
])('of a file of %i bytes with a limit of 100, %i bytes arrive', async (sent, arrived) => {
  const { url } = await openServer(
    async (multipart) => [
      (await bytesOf(multipart, 0)).length,
      String(await bytesOf(multipart, 1)),
    ],
    { maxFileBytes: 100 },
  );
  const body = formOf(...fieldsFor(2), fileOf('0', randomBytes(sent)), fileOf('1', 'next'));
  expect(await post(url, body)).toEqual({ status: 200, body: [arrived, 'next'] });
});

test('detects that a file exceeds the limit before it is complete', async () => {
  const { port } = await openServer(async (multipart) => (await bytesOf(multipart, 0)).length, {
    maxFileBytes: 100,
  });
  const client = await openClient(port);
  await client.head(1_000_000_000);
  await client.send(
    Buffer.concat([...fieldsFor(1).map(partOf), partOf(fileOf('0', 'x'.repeat(200)))]),
  );
  expect(await client.answer()).toEqual({ status: 200, body: '101' });
});

test('responds to an operation that reads no file, and discards the rest of the body', async () => {
  const { url } = await openServer(async () => 'answered');
  const body = formOf(...fieldsFor(2), fileOf('0', randomBytes(20_000_000)), fileOf('1'));
  expect(await post(url, body)).toEqual({ status: 200, body: 'answered' });
});

test('finishing rejects pending uploads and closes open streams', async () => {
  let kept: MultipartRequest | undefined;
  const { url } = await openServer(async (multipart) => {
    kept = multipart;
    await multipart.uploads[0]!.promise;
  });
  await post(url, formOf(...fieldsFor(2), fileOf('0', randomBytes(5_000_000)), fileOf('1')));
  await expect(kept!.uploads[1]!.promise).rejects.toThrow('ended before');
  const first = await kept!.uploads[0]!.promise;
  expect(() => first.createReadStream()).toThrow('ended before');
});

test('finishing twice, or after everything was read, has no effect', async () => {
  const { url } = await openServer(async (multipart) => {
    const { length } = await bytesOf(multipart, 0);
    await multipart.finish();
    await multipart.finish();
    return length;
  });
  expect((await post(url, formOf(...fieldsFor(1), fileOf('0')))).body).toBe(5);
});
