import { afterEach, expect, test } from 'vitest';
import { openOneSubgraph } from './testing/one-subgraph.ts';
import { ask, closeAll } from './testing/platform.ts';

afterEach(closeAll);

const FORBIDDEN = { code: 'FORBIDDEN' };

/** The response of the gateway when the only subgraph returns `poem` and these errors. */
async function askOver(errors: unknown[] | string) {
  const list = typeof errors === 'string' ? errors : JSON.stringify(errors);
  const { url } = await openOneSubgraph(
    { sdl: 'type Query { poem: String }' },
    (request, response) => {
      request.resume();
      response.end(`{"data":{"poem":"ebb"},"errors":${list}}`);
    },
  );
  const answer = await ask(url, '{ poem }');
  expect(answer.status).toBe(200);
  expect(answer.data).toEqual({ poem: 'ebb' });
  return answer.errors ?? [];
}

// A hundred thousand errors once took 6 to 26 seconds.
test(
  'returns a hundred of 100,000 errors; the last one counts the others',
  { timeout: 6_000 },
  async () => {
    const error = { message: 'no', extensions: FORBIDDEN };
    const errors = await askOver(Array.from({ length: 100_000 }, () => error));
    expect(errors).toHaveLength(100);
    expect(errors[0]).toMatchObject(error);
    expect(errors.at(-1)).toMatchObject({
      message: '"writer" reported 99901 more errors.',
      extensions: FORBIDDEN,
    });
  },
);

test('counts the other errors also without codes', async () => {
  const errors = await askOver(Array.from({ length: 101 }, () => ({ message: 'secret' })));
  expect(errors.map(({ extensions }) => extensions.code)).toEqual([
    ...Array.from({ length: 99 }, () => 'INTERNAL'),
    'SUBGRAPH_UNAVAILABLE',
  ]);
  expect(errors.at(-1)?.message).toBe('"writer" reported 2 more errors.');
});

test('returns a hundred errors', async () => {
  const error = { message: 'no', extensions: FORBIDDEN };
  const errors = await askOver(Array.from({ length: 100 }, () => error));
  expect(errors.map(({ message }) => message)).toEqual(Array.from({ length: 100 }, () => 'no'));
});

test('an invalid error becomes one without a message', async () => {
  const errors = await askOver([null, 7, 'text', [], {}, { message: 5, extensions: FORBIDDEN }]);
  expect(errors.map(({ extensions }) => extensions.code)).toEqual([
    ...Array.from({ length: 5 }, () => 'INTERNAL'),
    'FORBIDDEN',
  ]);
  expect(errors.at(-1)?.message).toBe('"writer" reported an error without a message.');
});

test('shortens messages', async () => {
  const message = 'x '.repeat(500_000);
  const [error] = await askOver([{ message, extensions: FORBIDDEN }]);
  expect(error?.message).toBe(`${'x '.repeat(249)}x…`);
});

test.each([
  ['text', 'poem'],
  ['an object', { length: 1 }],
  ['a path with null', ['poem', null]],
  ['a path with a negative index', ['poem', -1]],
  ['a path with half an index', ['poem', 0.5]],
  ['a path with an endless name', ['poem', 'x'.repeat(251)]],
  ['a path of 100,000 elements', Array.from({ length: 100_000 }, () => 0)],
])('ignores %s as a path', async (_what, path) => {
  const errors = await askOver([{ message: 'no', path, extensions: FORBIDDEN }]);
  expect(errors).toEqual([
    { message: 'no', extensions: { ...FORBIDDEN, requestId: expect.any(String) as string } },
  ]);
});

test('keeps the code, and other extensions up to the limit', async () => {
  const extensions = {
    trace: 'x'.repeat(100_000),
    deep: { a: { b: { c: { d: { e: {} } } } } },
    many: Array.from({ length: 10_000 }, () => 1),
    field: ['input', 'file'],
    code: 'FORBIDDEN',
    retryable: false,
  };
  const [error] = await askOver([{ message: 'no', extensions }]);
  expect(error?.extensions).toEqual({
    code: 'FORBIDDEN',
    field: ['input', 'file'],
    retryable: false,
    requestId: expect.any(String) as string,
  });
});

test('all extensions of one error share one limit', async () => {
  const extensions = Object.fromEntries(
    Array.from({ length: 100_000 }, (_none, index) => [`key${index}`, index]),
  );
  const [error] = await askOver([{ message: 'no', extensions: { ...extensions, ...FORBIDDEN } }]);
  expect(error?.extensions.code).toBe('FORBIDDEN');
  expect(JSON.stringify(error).length).toBeLessThan(4_000);
});

test.each([
  ['a status for our response', '{"code":"FORBIDDEN","http":{"status":999}}'],
  ['a prototype', '{"code":"FORBIDDEN","__proto__":{"code":"TIMEOUT","polluted":1}}'],
  ['nothing else', '{"code":"FORBIDDEN"}'],
])('keeps only the code of extensions with %s', async (_what, extensions) => {
  const errors = await askOver(`[{"message":"no","extensions":${extensions}}]`);
  expect(errors).toEqual([
    { message: 'no', extensions: { ...FORBIDDEN, requestId: expect.any(String) as string } },
  ]);
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});

test('ignores extensions that are not an object and codes that are not a string', async () => {
  const odd = [{ code: 5 }, 'FORBIDDEN', ['FORBIDDEN'], { code: 'x'.repeat(101) }];
  const errors = await askOver(odd.map((extensions) => ({ message: 'no', extensions })));
  expect(errors.map(({ extensions }) => extensions.code)).toEqual(odd.map(() => 'INTERNAL'));
});
