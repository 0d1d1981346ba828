import { afterEach, expect, test } from 'vitest';
import { openOneSubgraph } from './testing/one-subgraph.ts';
import { ask, closeAll, logLines } from './testing/platform.ts';

afterEach(closeAll);

const SDL = 'scalar Json type Query { poem: Json song: String }';
const QUERY = '{ poem song }';

/** What clients get of `text`, given that the only subgraph answers it. */
async function askOver(text: string, { status = 200, maxResponseBytes = 8_000_000 } = {}) {
  const { url } = await openOneSubgraph(
    { sdl: SDL, connectionLimits: { maxResponseBytes } },
    (request, response) => {
      request.resume();
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    },
  );
  return ask(url, QUERY);
}

const reasons = () =>
  logLines()
    .filter(({ msg }) => msg === 'invalid subgraph response')
    .map(({ subgraph, reason }) => [subgraph, reason]);

const json = (value: unknown) => JSON.stringify(value);
const data = { poem: 'ebb', song: 'la' };
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

test.each([
  ['no JSON', '<html>', 'not JSON'],
  ['a list', '[]', 'not an object'],
  ['an empty object', '{}', 'neither data nor errors'],
  ['null without a reason', json({ data: null }), 'neither data nor errors'],
  ['an empty list of errors', json({ data: null, errors: [] }), 'neither data nor errors'],
  ['text for data', json({ data: 'abc' }), '"data" is not an object'],
  ['a list for data', json({ data: [] }), '"data" is not an object'],
  ['a text of errors', json({ data, errors: 'x'.repeat(100_000) }), '"errors" is not a list'],
  ['an object of errors', json({ data, errors: { length: 1e9 } }), '"errors" is not a list'],
  ['20,000 brackets', `{"data":{"poem":${nested(20_000)}}}`, 'nested deeper than 200'],
  ['20,000 braces', `${'{"data":'.repeat(20_000)}1${'}'.repeat(20_000)}`, 'nested deeper than 200'],
  [
    'two million values',
    `{"data":{"poem":[${'{},'.repeat(2_000_000)}0]}}`,
    'more than 500000 values',
  ],
])('a response that is %s is not used, and the reason is logged', async (_what, text, reason) => {
  const answer = await askOver(text);
  expect(answer.status).toBe(200);
  expect(answer.data).toEqual({ poem: null, song: null });
  expect(answer.errors).toMatchObject([{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }]);
  expect(reasons()).toEqual([['writer', reason]]);
});

test('a response larger than the limit is given up as soon as it is', async () => {
  const errors = Array.from({ length: 600_000 }, () => ({ message: 'm', path: ['poem'] }));
  const answer = await askOver(json({ data, errors }));
  expect(answer.errors).toMatchObject([{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }]);
  expect(answer.text.length).toBeLessThan(1_000);
  const small = await askOver(json({ data, padding: 'x'.repeat(2_000) }), {
    maxResponseBytes: 1_000,
  });
  expect(small.errors).toMatchObject([{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }]);
});

test('what fits is used, however it is written', async () => {
  const poem = {
    lines: Array.from({ length: 400_000 }, (_none, line) => line),
    '"},[{': '\\",,,\\',
  };
  expect((await askOver(json({ data: { poem, song: ',[{'.repeat(100_000) } }))).data).toEqual({
    poem,
    song: ',[{'.repeat(100_000),
  });
  expect((await askOver(`{"data":{"poem":${nested(190)}},"errors":null}`)).text).toContain(
    nested(190),
  );
});

test('names that every object has are data like any other', async () => {
  const text =
    '{"data":{"poem":{"__proto__":{"a":1}},"__proto__":{"song":"x"},"song":"la"},"__proto__":{"errors":"x"}}';
  const answer = await askOver(text);
  expect(answer.text).toContain('{"data":{"poem":{"__proto__":{"a":1}},"song":"la"}}');
  expect(Reflect.get({}, 'song')).toBeUndefined();
});

test.each([500, 503])('data beside a status of %i is not used, its errors are', async (status) => {
  const extensions = { code: 'OVERLOADED' };
  const answer = await askOver(json({ data, errors: [{ message: 'm', extensions }] }), { status });
  expect(answer.data).toEqual({ poem: null, song: null });
  expect(answer.errors).toMatchObject([{ message: 'm', extensions }]);
  const silent = await askOver(json({ data }), { status });
  expect(silent.data).toEqual({ poem: null, song: null });
  expect(silent.errors).toMatchObject([{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }]);
});

test('data beside a status of 4xx is used where errors say what is missing', async () => {
  const errors = [{ message: 'm', path: ['poem'], extensions: { code: 'FORBIDDEN' } }];
  const partial = { data: { poem: null, song: 'la' }, errors };
  expect(await askOver(json(partial), { status: 404 })).toMatchObject(partial);
  const silent = await askOver(json({ data }), { status: 404 });
  expect(silent.data).toEqual({ poem: null, song: null });
});
