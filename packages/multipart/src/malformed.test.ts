import { afterEach, expect, test } from 'vitest';
import {
  BOUNDARY,
  closeServers,
  fieldsFor,
  fileOf,
  formOf,
  openClient,
  openRefusingServer,
  openServer,
  post,
} from './testing/http.ts';

afterEach(closeServers);

test.each([
  ['a map before operations', fieldsFor(1).toReversed(), 'must come before'],
  ['a file before the map', [fieldsFor(1)[0]!, fileOf('0')], 'Files must come after'],
  ['only files', [fileOf('0')], 'Files must come after'],
  ['no parts', [], 'malformed|missing'],
  ['no map', [fieldsFor(1)[0]!], '"map" is missing'],
  [
    'operations twice',
    [fieldsFor(1)[0]!, fieldsFor(1)[0]!],
    '"operations" was sent more than once',
  ],
  ['a map twice', [...fieldsFor(1), fieldsFor(1)[1]!], 'too many fields'],
  ['a field of another name', [{ name: 'other', body: 'x' }], 'Unknown form field'],
  ['a field without a name', [{ body: 'x' }], 'Unknown form field'],
  ['a field after the map', [...fieldsFor(1), { name: 'x', body: 'x' }], 'too many fields'],
  ['a file that is missing', fieldsFor(1), 'File "0" is missing'],
  ['one file of two', [...fieldsFor(2), fileOf('1')], 'File "0" is missing'],
  ['a file the map does not name', [...fieldsFor(1), fileOf('0'), fileOf('1')], 'not listed in'],
  [
    'a file without a name',
    [...fieldsFor(1), { ...fileOf('0'), name: undefined! }],
    'not listed in',
  ],
  ['a file twice', [...fieldsFor(1), fileOf('0'), fileOf('0')], 'File "0" was sent more than once'],
  ['a batch', [{ name: 'operations', body: '[{"query":"{a}"}]' }], 'Batched'],
  [
    'a part with a broken header',
    [{ headers: 'Content Disposition\0: x\r\n', body: 'x' }],
    'malformed',
  ],
  [
    'a part with an endless header',
    [{ headers: `Content-Disposition: form-data; name="${'x'.repeat(20_000)}"\r\n`, body: 'x' }],
    'malformed',
  ],
  ['a part that is no form data', [{ headers: 'X: y\r\n', body: 'x' }], '"operations" is missing'],
])('%s: rejected before the operation runs', async (_what, parts, why) => {
  const { url, executed } = await openRefusingServer();
  const { status, body } = await post(url, formOf(...parts));
  expect(status).toBe(400);
  expect(body.error).toMatch(new RegExp(why));
  expect(executed).toEqual([]);
});

test.each([
  ['none', '', 415],
  ['of JSON', 'application/json', 415],
  ['of another multipart', `multipart/mixed; boundary=${BOUNDARY}`, 415],
  ['that only starts like it', `multipart/form-data-x; boundary=${BOUNDARY}`, 415],
  ['without a boundary', 'multipart/form-data', 400],
  ['with an empty boundary', 'multipart/form-data; boundary=', 400],
  ['with a quoted empty boundary', 'multipart/form-data; boundary=""', 400],
  ['with another boundary', 'multipart/form-data; boundary=wrong', 400],
])('rejects a content type %s', async (_what, contentType, expected) => {
  const { port, executed } = await openRefusingServer();
  const body = formOf(...fieldsFor(1), fileOf('0'));
  const client = await openClient(port);
  await client.head(body.length, contentType);
  await client.send(body);
  expect((await client.answer()).status).toBe(expected);
  expect(executed).toEqual([]);
});

test.each([
  [10_000, 200],
  [10_001, 413],
])('operations of %i bytes with a limit of 10000 return %i', async (length, expected) => {
  const { url } = await openServer(async () => 'done');
  const operations = JSON.stringify({ query: '{ a }', variables: {} });
  const body = operations.padEnd(length, ' ');
  const form = formOf({ name: 'operations', body }, { name: 'map', body: '{}' });
  expect((await post(url, form)).status).toBe(expected);
});

test.each([
  ['files', (index: number) => fileOf(String(index))],
  ['fields', (index: number) => ({ name: `f${index}`, body: 'x' })],
  ['parts without a disposition', () => ({ headers: 'X: y\r\n', body: 'x' })],
])('rejects ten thousand %s', async (_what, partAt) => {
  const { url, executed } = await openRefusingServer();
  const parts = Array.from({ length: 10_000 }, (_, index) => partAt(index));
  const { status } = await post(url, formOf(...fieldsFor(1), ...parts));
  expect([400, 413]).toContain(status);
  expect(executed).toEqual([]);
});

test.each([
  [10, 200],
  [11, 413],
])('%i files with a limit of 10 return %i', async (count, expected) => {
  const { url } = await openServer(async () => 'done');
  const files = Array.from({ length: count }, (_, index) => fileOf(String(index)));
  expect((await post(url, formOf(...fieldsFor(count), ...files))).status).toBe(expected);
});

test('rejects an endless preamble', async () => {
  const { port, executed } = await openRefusingServer();
  const client = await openClient(port);
  await client.head(10_000_000_000);
  const chunk = Buffer.alloc(4_000_000, 'x');
  while (!client.socket.destroyed && client.socket.bytesRead === 0) await client.send(chunk);
  client.socket.end();
  expect((await client.answer()).status).toBe(413);
  expect(executed).toEqual([]);
});

test('rejects a form with an ordinary image and a missing one before the operation runs', async () => {
  const { url, executed } = await openRefusingServer();
  const { status } = await post(url, formOf(...fieldsFor(2), fileOf('0', Buffer.alloc(200_000))));
  expect(status).toBe(400);
  expect(executed).toEqual([]);
});
