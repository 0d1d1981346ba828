import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { changedSince, snapshotOfBuiltIns } from '../testing/built-ins.ts';
import { ask, closeAll, openPlatform } from '../testing/platform.ts';

// The gateway and its subgraphs run in this process, so that changes of built-in functions are visible here.
let url = '';
let before: ReturnType<typeof snapshotOfBuiltIns>;
beforeAll(async () => {
  ({ url } = await openPlatform());
  await ask(url, '{ items { picture { id } } }');
  before = snapshotOfBuiltIns();
});
afterAll(closeAll);
afterEach(async () => {
  expect(changedSince(before)).toEqual([]);
  expect((await ask(url, '{ __typename }')).status).toBe(200);
});

const PICTURE = 'query ($id: ID!) { picture(id: $id) { name } }';
const picture = (variables: string, rest = '') =>
  `{"query":${JSON.stringify(PICTURE)},"variables":${variables}${rest}}`;
const nested = (depth: number, open: string, close: string) =>
  open.repeat(depth) + close.repeat(depth);

async function post(body: string | Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  const text = await response.text();
  return { status: response.status, text };
}

const expectRefusal = ({ status, text }: { status: number; text: string }, expected: number) => {
  expect([status, text]).toEqual([expected, expect.stringContaining('"requestId"')]);
  expect(text).not.toMatch(/call stack|node_modules|at .*\.[jt]s/);
  expect(text.length).toBeLessThan(50_000);
};

test.each([
  ['in the request', '{"__proto__":{"polluted":1},"query":"{ __typename }"}'],
  ['in the variables', picture('{"__proto__":{"polluted":1},"id":"1"}')],
  ['in an extension', picture('{"id":"1"}', ',"extensions":{"__proto__":{"polluted":1}}')],
  ['in other letters', picture(String.raw`{"\u005f_proto__":{"polluted":1},"id":"1"}`)],
  ['by way of the constructor', picture('{"constructor":{"prototype":{"polluted":1}},"id":"1"}')],
])('rejects a prototype %s', async (_where, body) => {
  expectRefusal(await post(body), 400);
});

test.each(['__proto__', 'constructor', 'toString', '', 'a\nb', 'x'.repeat(10_000)])(
  'the operation name %j runs no inherited function',
  async (operationName) => {
    const answer = await post(
      JSON.stringify({ query: 'query A { broken } query B { broken }', operationName }),
    );
    expectRefusal(answer, 400);
  },
);

test.each([
  'query ($__proto__: ID!) { picture(id: $__proto__) { name } }',
  'query ($constructor: ID = "1") { picture(id: $constructor) { name } }',
  '{ __proto__ }',
  '{ constructor }',
  '{ ...__proto__ } fragment __proto__ on Query { caller { subject } }',
  '{ __proto__: caller { subject } constructor: caller { subject } }',
  '{ caller @__proto__ { subject } }',
  '{ caller @constructor(toString: 1) { subject } }',
  '{ picture(id: { __proto__: 1 }) { name } }',
  '{ ... on constructor { name } }',
  'query ($a: constructor) { caller { subject } }',
  'query ($a: __proto__) { caller { subject } }',
])('names of inherited properties are ordinary names: %s', async (query) => {
  const { status, text } = await post(JSON.stringify({ query, variables: { constructor: '1' } }));
  expect([200, 400]).toContain(status);
  expect(text).not.toMatch(/INTERNAL|is not a function|call stack/);
  expect(text).toMatch(/^\{"(?:data|errors)":/);
});

test.each([
  ['lists', picture(`{"id":${nested(45_000, '[', ']')}}`)],
  ['objects', picture(`{"id":${nested(15_000, '{"a":', '}').replace(':}', ':1}')}}`)],
  ['extensions', picture('{"id":"1"}', `,"extensions":{"a":${nested(45_000, '[', ']')}}`)],
  ['nothing but lists', nested(45_000, '[', ']')],
  ['lists that nobody closes', '['.repeat(90_000)],
])('rejects deeply nested %s', async (_what, body) => {
  expectRefusal(await post(body), 400);
});

test.each([
  ['UTF-16', Buffer.from('{"query":"{ broken }"}', 'utf16le'), {}],
  [
    'UTF-16, as it says',
    Buffer.from('\uFEFF{"query":"{ broken }"}', 'utf16le'),
    { 'content-type': 'application/json; charset=utf-16' },
  ],
  ['half a character', Buffer.from([0x7b, 0x22, 0xe2, 0x82]), {}],
  ['zeros', Buffer.alloc(1_000), {}],
  ['a text with a zero', '{"query":"{ bro\\u0000ken }"}', {}],
  ['a text with half a pair', '{"query":"{ bro\\ud800ken }"}', {}],
  ['a number', '1e999', {}],
  ['a text', '"{ broken }"', {}],
  ['null', 'null', {}],
  ['a batch of a thousand', `[${'{"query":"{ broken }"},'.repeat(1_000).slice(0, -1)}]`, {}],
])('rejects a body of %s', async (_what, body, headers: Record<string, string>) => {
  expectRefusal(await post(body, headers), 400);
});

test('ignores a byte order mark', async () => {
  expect((await post('\uFEFF{"query":"{ __typename }"}')).status).toBe(200);
});

test.each(['gzip', 'br', 'deflate', 'zstd', 'gzip, gzip', 'identity, gzip', 'x'])(
  'does not decompress a body with the encoding %s',
  async (encoding) => {
    const bomb = gzipSync(`{"query":"{ __typename }"}${' '.repeat(10_000_000)}`);
    expectRefusal(await post(bomb, { 'content-encoding': encoding }), 415);
  },
);

test('reads a body without an encoding', async () => {
  expect(
    (await post('{"query":"{ __typename }"}', { 'content-encoding': 'identity' })).status,
  ).toBe(200);
});

test.each([
  ['{"0":["variables.toString.call"]}'],
  ['{"0":["variables.__proto__.polluted"]}'],
  ['{"0":["variables.constructor.prototype.polluted"]}'],
  ['{"__proto__":["variables.file"]}'],
  ['{"constructor":["variables.file"]}'],
  ['{"0":["__proto__.polluted"]}'],
  ['{"0":{"length":1,"0":"variables.file"}}'],
])('a map of %s sets no file', async (map) => {
  const operations =
    '{"query":"mutation ($file: Upload!) { ignore(file: $file) }","variables":{"file":null}}';
  const form = new FormData();
  form.append('operations', operations);
  form.append('map', map);
  form.append('0', new Blob(['bytes']), 'a.bin');
  const headers = { 'apollo-require-preflight': 'true' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: form });
  expectRefusal({ status: response.status, text: await response.text() }, 400);
});

test.each([
  ['a path', (long: string) => `{"0":["variables.${long}"]}`],
  [
    'the same path twice',
    (long: string) => `{"0":["variables.${long}"],"1":["variables.${long}"]}`,
  ],
  ['a key', (long: string) => `{"${long}":["variables.file"]}`],
  ['a step', (long: string) => `{"0":["variables.${long}-"]}`],
])('rejects a map with %s of 40 kB with a short message', async (_what, mapOf) => {
  const form = new FormData();
  form.append('operations', '{"query":"{ broken }","variables":{"file":null}}');
  form.append('map', mapOf('x'.repeat(40_000)));
  form.append('0', new Blob(['bytes']), 'a.bin');
  const headers = { 'apollo-require-preflight': 'true' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: form });
  const text = await response.text();
  expectRefusal({ status: response.status, text }, 400);
  expect(text).not.toMatch(/x{81}/);
});
