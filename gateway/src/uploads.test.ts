import { createHash, randomBytes } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { formHeaders, formParts, openForm, postForm } from './testing/form.ts';
import { closeAll, openPlatform, readAnswer } from './testing/platform.ts';
import { seen } from './testing/subgraphs.ts';

afterEach(closeAll);

const UPLOAD = 'mutation ($file: Upload!) { upload(file: $file) { name size sha256 mimeType } }';
const UPLOAD_ALL = 'mutation ($files: [Upload!]!) { uploadAll(files: $files) { size sha256 } }';

const receiptOf = (bytes: Buffer) => ({
  size: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

test.each([0, 1, 65_536, 3_000_000])('a file of %i bytes arrives unchanged', async (size) => {
  const { url } = await openPlatform();
  const bytes = randomBytes(size);
  const filename = 'schönes "Bild".bin';
  const escaped = filename.replaceAll('"', String.raw`\"`);
  const files = [{ path: 'file', filename: escaped, bytes }];
  const { data } = await readAnswer(await postForm(url, { query: UPLOAD, files }));
  expect(data).toEqual({
    upload: { name: filename, mimeType: 'application/octet-stream', ...receiptOf(bytes) },
  });
});

test.each([
  [[0, 1, 2], 'in the order of the variables'],
  [[2, 0, 1], 'in another order'],
])('large files sent as %j arrive: %s', async (order) => {
  const { url } = await openPlatform();
  const contents = [2_000_000, 3_000_000, 1_000_000].map((size) => randomBytes(size));
  const files = order.map((index) => ({ path: `files.${index}`, bytes: contents[index]! }));
  const { data, errors } = await readAnswer(await postForm(url, { query: UPLOAD_ALL, files }));
  expect(errors).toBeUndefined();
  expect(data).toEqual({ uploadAll: contents.map(receiptOf) });
});

test('files arrive in a variable with an internal name', async () => {
  const { url } = await openPlatform();
  const query =
    'mutation ($representations: [Upload!]!) { uploadAll(files: $representations) { size } }';
  const form = new FormData();
  form.append('operations', JSON.stringify({ query, variables: { representations: [null] } }));
  form.append('map', JSON.stringify({ a: ['variables.representations.0'] }));
  form.append('a', new Blob([randomBytes(1_000)]), 'a.bin');
  const headers = { 'apollo-require-preflight': 'true' };
  const { data } = await readAnswer(
    await fetch(`${url}/graphql`, { method: 'POST', headers, body: form }),
  );
  expect(data).toEqual({ uploadAll: [{ size: 1_000 }] });
});

test('sends files to two subgraphs, one mutation after the other', async () => {
  const { url } = await openPlatform();
  const query = `mutation ($files0: Upload!, $files1: Upload!) {
    upload(file: $files0) { size } attach(file: $files1)
  }`;
  const operations = { query, variables: { files0: null, files1: null } };
  const form = new FormData();
  form.append('operations', JSON.stringify(operations));
  form.append('map', JSON.stringify({ a: ['variables.files0'], b: ['variables.files1'] }));
  form.append('a', new Blob([randomBytes(1_000_000)]), 'a.bin');
  form.append('b', new Blob([randomBytes(2_000_000)]), 'b.bin');
  const headers = { 'apollo-require-preflight': 'true' };
  const { data } = await readAnswer(
    await fetch(`${url}/graphql`, { method: 'POST', headers, body: form }),
  );
  expect(data).toEqual({ upload: { size: 1_000_000 }, attach: 2_000_000 });
});

test.each([
  [100_000, 100_000],
  [100_001, 100_001],
  [100_002, 100_001],
  [5_000_000, 100_001],
])('of %i bytes with a limit of 100000, %i reach the subgraph', async (sent, counted) => {
  const { url } = await openPlatform({ uploadMaxBytes: 100_000 });
  const files = [{ path: 'file', bytes: randomBytes(sent) }];
  const { data } = await readAnswer(await postForm(url, { query: UPLOAD, files }));
  expect(data).toMatchObject({ upload: { size: counted } });
});

test('streams a file to the subgraph while the client sends it', async () => {
  const { port } = await openPlatform();
  const form = await openForm(port);
  const { fields, parts } = formParts({
    query: UPLOAD_ALL,
    files: [
      { path: 'files.0', filename: 'first.bin', bytes: randomBytes(1_000_000) },
      { path: 'files.1', bytes: randomBytes(1_000_000) },
    ],
  });
  await form.send(fields);
  await form.send(parts[0]!);
  await form.send(parts[1]!.subarray(0, 500_000));
  await vi.waitFor(() => expect(seen.uploads).toEqual(['first.bin']));
  form.hangUp();
  await vi.waitFor(() => expect(seen.failures).toHaveLength(1));
});

test('when the client disconnects, the subgraph receives no file', async () => {
  const { port } = await openPlatform();
  const form = await openForm(port);
  const bytes = randomBytes(4_000_000);
  const { fields, parts } = formParts({ query: UPLOAD, files: [{ path: 'file', bytes }] });
  await form.send(fields);
  await form.send(parts[0]!.subarray(0, 2_000_000));
  form.hangUp();
  await vi.waitFor(() => expect(seen.failures).toHaveLength(1));
  expect(seen.uploads).toEqual([]);
});

test('responds with 400 to an incomplete form, and the subgraph receives no file', async () => {
  const { url } = await openPlatform();
  const bytes = randomBytes(2_000_000);
  const { fields, parts } = formParts({ query: UPLOAD, files: [{ path: 'file', bytes }] });
  const body = Buffer.concat([fields, parts[0]!.subarray(0, 1_000_000)]);
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers: formHeaders, body });
  const { status, errors } = await readAnswer(response);
  expect(status).toBe(400);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
  expect(seen.uploads).toEqual([]);
});

test('responds with 408 to a client that stops sending within a file', async () => {
  const { port } = await openPlatform({ uploadIdleMs: 200 });
  const form = await openForm(port);
  const bytes = randomBytes(2_000_000);
  const { fields, parts } = formParts({ query: UPLOAD, files: [{ path: 'file', bytes }] });
  await form.send(fields);
  await form.send(parts[0]!.subarray(0, 1_000_000));
  const { status, text } = await form.answer();
  expect(status).toBe(408);
  expect(text).toContain('TIMEOUT');
  form.hangUp();
  expect(seen.uploads).toEqual([]);
});

test('responds with 408 to a client that sends too slowly', async () => {
  const uploadPace = { minBytesPerSecond: 10_000_000, windowMs: 500 };
  const { port } = await openPlatform({ uploadPace });
  const form = await openForm(port);
  const { fields, parts } = formParts({
    query: UPLOAD,
    files: [{ path: 'file', bytes: randomBytes(2_000_000) }],
  });
  await form.send(fields);
  await form.send(parts[0]!.subarray(0, 1_000_000));
  const dripping = setInterval(() => void form.send(Buffer.alloc(1)), 50);
  const { status, text } = await form.answer();
  clearInterval(dripping);
  expect(status).toBe(408);
  expect(text).toContain('too slow');
  form.hangUp();
  expect(seen.uploads).toEqual([]);
});

test.each([
  ['hostile paths', { 0: ['variables.toString.call'] }],
  ['the prototype', { 0: ['variables.__proto__.polluted'] }],
  ['no such variable', { 0: ['variables.other'] }],
  ['one file twice', { 0: ['variables.file', 'variables.file'] }],
])('responds with 400 to a map with %s', async (_what, map) => {
  const { url } = await openPlatform();
  const form = new FormData();
  form.append('operations', JSON.stringify({ query: UPLOAD, variables: { file: null } }));
  form.append('map', JSON.stringify(map));
  form.append('0', new Blob(['x']), 'x.bin');
  const headers = { 'apollo-require-preflight': 'true' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: form });
  expect(response.status).toBe(400);
  expect({}).not.toHaveProperty('polluted');
  // The process still verifies tokens and responds.
  expect(
    (await postForm(url, { query: UPLOAD, files: [{ path: 'file', bytes: Buffer.from('x') }] }))
      .status,
  ).toBe(200);
});

test('discards a file that the operation does not use, and responds', async () => {
  const { url } = await openPlatform();
  const files = [{ path: 'file', bytes: randomBytes(10_000_000) }];
  const query =
    'mutation ($file: Upload!) { upload(file: $file) @skip(if: true) { size } __typename }';
  const { status, data } = await readAnswer(await postForm(url, { query, files }));
  expect([status, data]).toEqual([200, { __typename: 'Mutation' }]);
});

test('discards a file that the resolver does not read, and responds', async () => {
  const { url } = await openPlatform();
  const files = [{ path: 'file', bytes: randomBytes(10_000_000) }];
  const query = 'mutation ($file: Upload!) { ignore(file: $file) }';
  const { data } = await readAnswer(await postForm(url, { query, files }));
  expect(data).toEqual({ ignore: 'ignored' });
});

test('responds to an invalid operation before its file is complete', async () => {
  const { port } = await openPlatform();
  const form = await openForm(port);
  const bytes = randomBytes(1_000_000);
  const query = 'mutation ($file: Upload!) { nothing(file: $file) }';
  const { fields, parts } = formParts({ query, files: [{ path: 'file', bytes }] });
  await form.send(fields);
  await form.send(parts[0]!.subarray(0, 500_000));
  expect((await form.answer()).status).toBe(400);
  form.hangUp();
});

test('rejects an unauthenticated upload before the body is sent', async () => {
  const { port } = await openPlatform();
  const form = await openForm(port, { headers: { authorization: 'Bearer nonsense' } });
  const { status, text } = await form.answer();
  expect(status).toBe(401);
  expect(text).toContain('UNAUTHENTICATED');
  form.hangUp();
});

test('rejects a form without a preflight header before the body is sent', async () => {
  const { port } = await openPlatform();
  const form = await openForm(port, { headers: { 'apollo-require-preflight': '' } });
  expect((await form.answer()).status).toBe(400);
  form.hangUp();
});

test('a client that sends a whole large body first receives the 401', async () => {
  const { url } = await openPlatform();
  const files = [{ path: 'file', bytes: Buffer.alloc(40_000_000) }];
  const headers = { authorization: 'Bearer nonsense' };
  expect((await postForm(url, { query: UPLOAD, files }, headers)).status).toBe(401);
});
