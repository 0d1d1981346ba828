import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { afterEach, expect, test, vi } from 'vitest';
import { formParts, openForm, postForm } from './testing/form.ts';
import {
  ask,
  closeAll,
  openPlatform,
  openRudeSubgraph,
  readAnswer,
  sendJson,
} from './testing/platform.ts';

afterEach(closeAll);

const UPLOAD = 'mutation ($file: Upload!) { upload(file: $file) { size } }';

/** No information about the location or implementation of a subgraph. */
const expectNothingInternal = (text: string) =>
  expect(text).not.toMatch(/127\.0\.0\.1|localhost|ECONN|:\d{4,5}|\.js|\.ts|undici|stack|secret/i);

const rude: [what: string, code: string, listener: RequestListener][] = [
  ['resets', 'SUBGRAPH_UNAVAILABLE', ({ socket }) => socket.resetAndDestroy()],
  ['hangs up', 'SUBGRAPH_UNAVAILABLE', ({ socket }) => socket.destroy()],
  ['answers nonsense', 'SUBGRAPH_UNAVAILABLE', ({ socket }) => void socket.end('nonsense\r\n\r\n')],
  [
    'answers with a page',
    'SUBGRAPH_UNAVAILABLE',
    (_request, response) => void response.writeHead(502).end('<h1>nginx at 10.0.0.1:4001</h1>'),
  ],
  ['answers with no JSON', 'SUBGRAPH_UNAVAILABLE', (_request, response) => void response.end('{')],
  ['answers null', 'SUBGRAPH_UNAVAILABLE', (_request, response) => void sendJson(response, null)],
  ['answers a list', 'SUBGRAPH_UNAVAILABLE', (_request, response) => void sendJson(response, [])],
  [
    'answers half',
    'SUBGRAPH_UNAVAILABLE',
    (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"data":', () => response.destroy());
    },
  ],
  [
    'never ends its answer',
    'SUBGRAPH_UNAVAILABLE',
    (_request, response) => {
      const chunk = Buffer.alloc(1_000_000, ' ');
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
    },
  ],
  ['never answers', 'TIMEOUT', () => {}],
  ['never finishes', 'TIMEOUT', (_request, response) => void response.write('{')],
  [
    'does not take our token',
    'INTERNAL',
    (_request, response) =>
      void sendJson(
        response,
        { errors: [{ message: 'x', extensions: { code: 'UNAUTHENTICATED' } }] },
        401,
      ),
  ],
  [
    'breaks inside',
    'INTERNAL',
    (_request, response) => {
      const extensions = {
        code: 'ODD',
        stacktrace: ['at x.js:1'],
        exception: { host: '127.0.0.1' },
      };
      sendJson(response, {
        data: null,
        errors: [{ message: 'secret at localhost:5432', extensions }],
      });
    },
  ],
];

test.each(rude)(
  'a subgraph that %s is %s, without internal details in the response',
  async (_what, code, listener) => {
    const media = await openRudeSubgraph(listener);
    const { url } = await openPlatform({ subgraphUrls: { media }, requestTimeoutMs: 1_500 });
    const { status, data, errors, text } = await ask(url, '{ picture(id: 1) { name } }');
    expect(status).toBe(200);
    expect(data).toEqual({ picture: null });
    expect(errors).toMatchObject([
      { extensions: { code, requestId: expect.any(String) as string } },
    ]);
    expectNothingInternal(text);
  },
);

test('the data of other subgraphs is returned when one is down', async () => {
  const { url, media } = await openPlatform();
  await media.close();
  const { data, errors, text } = await ask(url, '{ items { id picture { id name } } }');
  expect(data).toEqual({
    items: ['1', '2', '3'].map((id) => ({ id, picture: null })),
  });
  expect(errors).toMatchObject([{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }]);
  expectNothingInternal(text);
});

test.each([
  [
    'dies within an upload',
    'SUBGRAPH_UNAVAILABLE',
    (request) => {
      request.once('data', () => request.socket.resetAndDestroy());
    },
  ],
  [
    'stops reading an upload',
    'TIMEOUT',
    (request) => {
      request.once('data', () => request.pause());
    },
  ],
  ['takes an upload and never answers', 'TIMEOUT', (request) => void request.resume()],
] satisfies [string, string, RequestListener][])(
  'a subgraph that %s is %s',
  async (_what, code, listener) => {
    const media = await openRudeSubgraph(listener);
    const { url } = await openPlatform({ subgraphUrls: { media }, uploadIdleMs: 400 });
    const files = [{ path: 'file', bytes: randomBytes(20_000_000) }];
    const { status, errors, text } = await readAnswer(
      await postForm(url, { query: UPLOAD, files }),
    );
    expect(status).toBe(200);
    expect(errors).toMatchObject([{ extensions: { code } }]);
    expectNothingInternal(text);
  },
);

test('responds to an upload for a subgraph that is down before it is complete', async () => {
  const { port, media } = await openPlatform();
  await media.close();
  const form = await openForm(port);
  const bytes = randomBytes(1_000_000);
  const { fields, parts } = formParts({ query: UPLOAD, files: [{ path: 'file', bytes }] });
  await form.send(fields);
  await form.send(parts[0]!.subarray(0, 500_000));
  const { text } = await form.answer();
  expect(text).toContain('SUBGRAPH_UNAVAILABLE');
  form.hangUp();
});

test('an early response of a subgraph reaches a client that is still sending', async () => {
  const media = await openRudeSubgraph((request, response) => {
    request.once('data', () => sendJson(response, { data: { upload: { size: 7 } } }));
  });
  const { port } = await openPlatform({ subgraphUrls: { media } });
  const form = await openForm(port);
  const bytes = randomBytes(1_000_000);
  const { fields, parts } = formParts({ query: UPLOAD, files: [{ path: 'file', bytes }] });
  await form.send(fields);
  await form.send(parts[0]!.subarray(0, 500_000));
  expect(JSON.parse((await form.answer()).text)).toEqual({ data: { upload: { size: 7 } } });
  form.hangUp();
});

test('the gateway is always live and serving, and ready when all subgraphs are', async () => {
  const { url, shop } = await openPlatform();
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  const ready = await fetch(`${url}/health/ready`);
  expect([ready.status, await ready.json()]).toEqual([
    200,
    { status: 'ready', subgraphs: ['media', 'shop'] },
  ]);
  await shop.close();
  await vi.waitFor(async () => expect((await fetch(`${url}/health/ready`)).status).toBe(503));
  expectNothingInternal(await (await fetch(`${url}/health/ready`)).text());
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  expect((await fetch(`${url}/health/serving`)).status).toBe(200);
});

test('a subgraph that says it is not ready makes the gateway not ready', async () => {
  const media = await openRudeSubgraph((_request, response) => void response.writeHead(503).end());
  const { url } = await openPlatform({ subgraphUrls: { media } });
  expect((await fetch(`${url}/health/ready`)).status).toBe(503);
});

test('running operations are completed when the gateway closes', async () => {
  const asked = Promise.withResolvers<void>();
  const media = await openRudeSubgraph(() => asked.resolve());
  const { url } = await openPlatform({ subgraphUrls: { media }, requestTimeoutMs: 500 });
  const asking = ask(url, '{ picture(id: 1) { name } }');
  await asked.promise;
  const closing = closeAll();
  expect((await asking).errors).toMatchObject([{ extensions: { code: 'TIMEOUT' } }]);
  await closing;
});
