import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { changedSince, snapshotOfBuiltIns } from '../testing/built-ins.ts';
import { ask, closeAll, openPlatform } from '../testing/platform.ts';
import { seen } from '../testing/subgraphs.ts';
import { sendRaw } from '../testing/raw-request.ts';

let url = '';
let port = 0;
let before: ReturnType<typeof snapshotOfBuiltIns>;
beforeAll(async () => {
  ({ url, port } = await openPlatform());
  await ask(url, '{ items { picture { id } } }');
  before = snapshotOfBuiltIns();
});
afterAll(closeAll);
afterEach(async () => {
  expect(changedSince(before)).toEqual([]);
  expect((await ask(url, '{ __typename }')).status).toBe(200);
});

const BODY = '{"query":"{ __typename }"}';
const head = (...lines: string[]) =>
  `${['POST /graphql HTTP/1.1', 'host: localhost', ...lines].join('\r\n')}\r\n\r\n`;
const json = 'content-type: application/json';
const length = `content-length: ${BODY.length}`;

test.each([
  ['text/plain; application/json', 415],
  ['text/plain;application/json;charset=utf-8', 415],
  ['text/plain, application/json', 415],
  ['text/plain\tapplication/json', 415],
  ['text/plain\t', 415],
  ['text/plain ;', 415],
  ['application/x-www-form-urlencoded; a=application/json', 415],
  ['application/json\tx', 415],
  ['application/jsonx', 415],
  ['application/json-patch+json', 415],
  ['multipart/form-data-x; boundary=a', 415],
  ['multipart/form-data\t; boundary=a', 400],
  ['MULTIPART/FORM-DATA; boundary=a', 400],
  ['*/*', 415],
  [',', 415],
  ['', 415],
  ['__proto__', 415],
  ['constructor', 415],
  ['a'.repeat(10_000), 415],
])('rejects the content type %j, which other sites can send', async (type, status) => {
  const answer = await sendRaw(port, head(`content-type: ${type}`, length) + BODY);
  expect(answer.status).toBe(status);
});

test('rejects a request without a content type', async () => {
  expect((await sendRaw(port, head(length) + BODY)).status).toBe(415);
});

test.each([
  'application/json',
  'Application/JSON',
  'application/json; charset=utf-8',
  'application/json;charset=UTF-8',
  'application/json ; a=b',
])('accepts JSON with the content type %s', async (type) => {
  const answer = await sendRaw(
    port,
    head(`content-type: ${type}`, length, 'connection: close') + BODY,
  );
  expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('"Query"')]);
});

test.each([
  ['two lengths', [json, length, 'content-length: 5'], 400],
  ['a negative length', [json, 'content-length: -1'], 400],
  ['a length in words', [json, 'content-length: ten'], 400],
  ['a length with a sign', [json, `content-length: +${BODY.length}`], 400],
  ['a length and chunks', [json, length, 'transfer-encoding: chunked'], 400],
  ['chunks of an unknown kind', [json, 'transfer-encoding: chunked, identity'], 400],
  ['a huge length', [json, 'content-length: 99999999999'], 413],
  ['a header that goes on', [json, length, 'x-a: b\r\n c'], 400],
  ['a header without a name', [json, length, ': b'], 400],
  ['a space in a name', [json, length, 'x a: b'], 400],
  ['a zero in a value', [json, length, 'x-a: \0'], 400],
  ['headers beyond any measure', [json, length, `x-a: ${'b'.repeat(20_000)}`], 431],
  [
    'a flood of headers',
    [json, length, ...Array.from({ length: 5_000 }, (_none, i) => `x-${i}: 1`)],
    431,
  ],
  ['an expectation nobody knows', [json, length, 'expect: the unexpected'], 417],
  ['an upgrade', [json, length, 'connection: upgrade', 'upgrade: h2c'], 200],
])('responds correctly to %s', async (_what, lines, status) => {
  const answer = await sendRaw(port, head(...lines) + BODY);
  expect(answer.status).toBe(status);
  expect(answer.text).not.toMatch(/node_modules|at .*\.js/);
});

test('does not read the rest of a short body as another request', async () => {
  const smuggled = head(json, 'x-request-id: smuggled', length) + BODY;
  const answer = await sendRaw(port, head(json, `content-length: ${smuggled.length}`) + smuggled);
  expect(answer.status).toBe(400);
  expect(answer.text).not.toContain('smuggled');
});

test.each([
  ['a chunk of no size', 'zz\r\nabc\r\n0\r\n\r\n'],
  ['a chunk that is too long', 'ffffffffffffffff1\r\nabc\r\n0\r\n\r\n'],
])('rejects %s', async (_what, chunks) => {
  const answer = await sendRaw(port, head(json, 'transfer-encoding: chunked') + chunks);
  expect(answer.status).toBe(400);
});

test.each([
  'GET',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'HEAD',
  'PROPFIND',
  'CONNECT',
  'X',
])('the method %s runs no operation', async (method) => {
  const lines = [
    `${method} /graphql?query={broken} HTTP/1.1`,
    'host: localhost',
    'connection: close',
  ];
  const { status, text } = await sendRaw(port, `${lines.join('\r\n')}\r\n\r\n`);
  if (status) expect(status).toBeGreaterThanOrEqual(400);
  expect(text).not.toContain('"data"');
});

test.each([
  ['twice the same', 'query={broken}&query={caller{subject}}', 400],
  ['a list', 'query[]={broken}', 400],
  ['a prototype', '__proto__[query]={broken}&constructor[prototype][a]=1', 400],
  ['broken escapes', 'query=%zz%', 400],
  ['variables that are no JSON', 'query={broken}&variables={', 400],
  [
    'variables within each other',
    `query={broken}&variables={"a":${'['.repeat(3_000)}${']'.repeat(3_000)}}`,
    400,
  ],
  ['a prototype among the variables', 'query={__typename}&variables={"__proto__":{"a":1}}', 200],
  ['more than the maximum length', `query={broken}%23${'x'.repeat(20_000)}`, 431],
])('responds correctly to a URL with %s', async (_what, search, status) => {
  const lines = [
    `GET /graphql?${search} HTTP/1.1`,
    'host: localhost',
    'apollo-require-preflight: 1',
    'connection: close',
  ];
  expect((await sendRaw(port, `${lines.join('\r\n')}\r\n\r\n`)).status).toBe(status);
});

test.each([
  '*/*,'.repeat(3_000),
  `${'a/b;q=0.1,'.repeat(1_000)}application/json`,
  'application/json;q=0',
  ';;;,,,',
  `application/json;${'a=b;'.repeat(2_000)}`,
])('an unusual "accept" header is handled quickly', async (accept) => {
  const lines = head(json, length, `accept: ${accept}`, 'connection: close');
  expect([200, 406]).toContain((await sendRaw(port, lines + BODY)).status);
});

test('rejects the form that crashed servers with an old version of busboy', async () => {
  const boundary = '----WebKitFormBoundaryoo6vortfDzBsDiro';
  const body = `--${boundary}\r\n Content-Disposition: form-data; name="a"\r\n\r\n\r\n--${boundary}--`;
  const lines = head(
    `content-type: multipart/form-data; boundary=${boundary}`,
    `content-length: ${body.length}`,
    'apollo-require-preflight: true',
  );
  expect((await sendRaw(port, lines + body)).status).toBe(400);
  expect(seen.uploads).toEqual([]);
});
