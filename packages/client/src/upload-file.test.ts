import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { UploadError } from './errors.ts';
import { uploadFile } from './upload-file.ts';
import type { StagedUpload } from './upload.ts';
import { uploadFiles } from './upload-files.ts';

// What a server does that is unwell. Journeys such as `test/continued-upload.test.ts` upload to a real one.

type Handle = (body: string, response: ServerResponse, request: IncomingMessage) => void;

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const server of opened.splice(0)) server.close();
});

/** A server that answers the first request with the first handler, and so on; the last one repeats. */
async function serve(...handlers: Handle[]) {
  const bodies: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request).catch(() => '');
    bodies.push(body);
    handlers[Math.min(bodies.length, handlers.length) - 1]!(body, response, request);
  };
  const server = createServer((request, response) => void answer(request, response)).listen(
    0,
    '127.0.0.1',
  );
  opened.push({
    close() {
      server.closeAllConnections();
      server.close();
    },
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { connection: { endpoint: `http://127.0.0.1:${port}/graphql` }, bodies };
}

const file = new File(['bytes'], 'a.txt', { type: 'text/plain' });
const json =
  (status: number, value: unknown, headers = {}): Handle =>
  (_body, response) =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(value));
const payload = (mediaFile: unknown, userErrors: unknown[] = []) => ({
  data: { result: { mediaFile, userErrors } },
});
const incomplete = { code: 'UPLOAD_INCOMPLETE', message: 'Upload again.', field: null };
const accepted = json(200, payload({ id: '1' }));
const hangUp: Handle = (_body, response) => response.destroy();
const failed = (code: string) => ({
  errors: [{ message: 'No.', extensions: { code, requestId: 'r1' } }],
});

test('an upload whose connection ended is repeated with the same idempotency key', async () => {
  const { connection, bodies } = await serve(hangUp, accepted);
  expect(await uploadFile(connection, file)).toEqual({ id: '1' });
  const keys = bodies.map((body) => /"idempotencyKey":"(\w+)"/.exec(body)?.[1]);
  expect(keys[0]).toMatch(/^\w{32}$/);
  expect(keys).toEqual([keys[0], keys[0]]);
});

test.each([
  [503, 'UNAVAILABLE'],
  [429, 'RATE_LIMITED'],
  [200, 'OVERLOADED'],
])('a response with status %i and code %s is repeated', async (status, code) => {
  const { connection, bodies } = await serve(json(status, failed(code)), accepted);
  expect(await uploadFile(connection, file)).toEqual({ id: '1' });
  expect(bodies).toHaveLength(2);
});

test('an upload whose bytes arrived incompletely is repeated', async () => {
  const { connection } = await serve(json(200, payload(null, [incomplete])), accepted);
  expect(await uploadFile(connection, file)).toEqual({ id: '1' });
});

test('it waits as long as the server asks', async () => {
  const { connection } = await serve(
    json(503, failed('UNAVAILABLE'), { 'retry-after': '1' }),
    accepted,
  );
  const startedAt = performance.now();
  await uploadFile(connection, file);
  expect(performance.now() - startedAt).toBeGreaterThan(990);
});

test('a rejected file is not repeated, and says what is wrong', async () => {
  const error = { code: 'UNSUPPORTED_TYPE', message: 'Not accepted.', field: ['input', 'file'] };
  const { connection, bodies } = await serve(json(200, payload(null, [error])));
  await expect(uploadFile(connection, file)).rejects.toMatchObject({
    name: 'UploadError',
    code: 'UNSUPPORTED_TYPE',
    message: 'Not accepted.',
    field: ['input', 'file'],
    isRetryable: false,
  });
  expect(bodies).toHaveLength(1);
});

test('an error of the request has the id that finds it in the logs', async () => {
  const { connection } = await serve(json(401, failed('UNAUTHENTICATED')));
  await expect(uploadFile(connection, file)).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
    requestId: 'r1',
  });
});

test('a response that is no JSON is an error with its status', async () => {
  const { connection } = await serve((_body, response) => response.writeHead(418).end('<html>'));
  await expect(uploadFile(connection, file)).rejects.toMatchObject({ code: 'HTTP_418' });
});

test('the last attempt reports its error', async () => {
  const { connection, bodies } = await serve(hangUp);
  await expect(uploadFile(connection, file, { retries: 1 })).rejects.toMatchObject({
    code: 'NETWORK',
    isRetryable: true,
  });
  expect(bodies).toHaveLength(2);
});

test('an aborted upload ends at once, while it is sent and while it waits', async () => {
  for (const handle of [() => {}, hangUp]) {
    const { connection } = await serve(handle);
    const controller = new AbortController();
    const upload = uploadFile(connection, file, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('Enough.')), 100);
    await expect(upload).rejects.toThrow('Enough.');
  }
});

test('the token is asked for before each attempt', async () => {
  const tokens: unknown[] = [];
  const remember =
    (handle: Handle): Handle =>
    (body, response, request) => {
      tokens.push(request.headers.authorization);
      handle(body, response, request);
    };
  const { connection } = await serve(remember(hangUp), remember(accepted));
  let number = 0;
  await uploadFile({ ...connection, token: async () => `t${(number += 1)}` }, file);
  expect(tokens).toEqual(['Bearer t1', 'Bearer t2']);
});

test('a staged upload whose completion was not answered is completed again, without sending the bytes again', async () => {
  let puts = 0;
  let completions = 0;
  const { connection, bodies } = await serve((body, response, request) => {
    if (request.method === 'PUT') {
      puts += 1;
      response.end('{}');
    } else if (body.includes('createStagedUploads')) {
      const stagedUpload = { id: 's1', url: `http://${request.headers.host}/put`, headers: [] };
      response.end(JSON.stringify({ data: { result: [{ stagedUpload, userErrors: [] }] } }));
    } else if ((completions += 1) === 1) response.destroy();
    else response.end(JSON.stringify(payload({ id: '1' })));
  });
  expect(await uploadFile(connection, file, { method: 'staged' })).toEqual({ id: '1' });
  expect([puts, completions, bodies.length]).toEqual([1, 2, 4]);
});

/** A server whose staged uploads are s1, s2 …; the PUT of the first one is answered with `status`. */
const twoStagedUploads = (status: number) => {
  let staged = 0;
  const arrived = new Set<string>();
  return serve((body, response, request) => {
    if (request.method === 'PUT') {
      const id = request.url!.replace('/put/', '');
      const answered = id === 's1' ? status : 200;
      if (answered === 200) arrived.add(id);
      response.writeHead(answered).end('{}');
    } else if (body.includes('createStagedUploads')) {
      const id = `s${(staged += 1)}`;
      const stagedUpload = {
        id,
        protocol: 'PUT',
        url: `http://${request.headers.host}/put/${id}`,
        headers: [],
      };
      response.end(JSON.stringify({ data: { result: [{ stagedUpload, userErrors: [] }] } }));
    } else {
      const { id } = JSON.parse(body).variables.input;
      const result = arrived.has(id) ? payload({ id }) : payload(null, [incomplete]);
      response.end(JSON.stringify(result));
    }
  });
};

test('a staged upload can be continued later, with what was reported when it started', async () => {
  const { connection, bodies } = await twoStagedUploads(200);
  const reported: StagedUpload[] = [];
  await uploadFile(connection, file, {
    method: 'staged',
    onStaged: (staged) => reported.push(staged),
  });
  bodies.length = 0;
  const [continueFrom] = JSON.parse(JSON.stringify(reported));
  expect(continueFrom.id).toBe('s1');
  expect(await uploadFile(connection, file, { continueFrom })).toEqual({ id: 's1' });
  expect(bodies.some((body) => body.includes('createStagedUploads'))).toBe(false);
  expect(reported).toHaveLength(1);
});

test.each([403, 404, 410])(
  'an upload to continue from that is gone (%i) starts again, once',
  async (status) => {
    const { connection, bodies } = await twoStagedUploads(status);
    const reported: StagedUpload[] = [];
    const options = {
      method: 'staged',
      onStaged: (staged: StagedUpload) => reported.push(staged),
    } as const;
    await expect(uploadFile(connection, file, options)).rejects.toMatchObject({
      code: `HTTP_${status}`,
    });
    bodies.length = 0;
    const uploaded = await uploadFile(connection, file, { ...options, continueFrom: reported[0]! });
    expect(uploaded).toEqual({ id: 's2' });
    expect(reported.map(({ id }) => id)).toEqual(['s1', 's2']);
    expect(bodies).toHaveLength(5);
  },
);

test('a staged upload whose PUT was not answered is completed, without sending the bytes again', async () => {
  const { connection, bodies } = await serve((body, response, request) => {
    if (request.method === 'PUT') response.destroy();
    else if (body.includes('createStagedUploads')) {
      const stagedUpload = { id: 's1', url: `http://${request.headers.host}/put`, headers: [] };
      response.end(JSON.stringify({ data: { result: [{ stagedUpload, userErrors: [] }] } }));
    } else response.end(JSON.stringify(payload({ id: '1' })));
  });
  expect(await uploadFile(connection, file, { method: 'staged' })).toEqual({ id: '1' });
  expect(bodies).toHaveLength(3);
});

test.each([
  [422, 'INVALID', false],
  [409, 'CONFLICT', true],
])('a PUT refused with %i has the code of the server', async (status, code, isRetryable) => {
  const { connection } = await serve((body, response, request) => {
    if (request.method === 'PUT')
      response
        .writeHead(status)
        .end(JSON.stringify({ errors: [{ message: 'No.', extensions: { code } }] }));
    else {
      const stagedUpload = { id: 's1', url: `http://${request.headers.host}/put`, headers: [] };
      response.end(JSON.stringify({ data: { result: [{ stagedUpload, userErrors: [] }] } }));
    }
  });
  const options = { method: 'staged', retries: 0 } as const;
  await expect(uploadFile(connection, file, options)).rejects.toMatchObject({
    code,
    message: 'No.',
    isRetryable,
  });
});

/** A server of staged uploads that answers completions with these files, the last one again and again. */
const stagedServer = (...files: { url?: string; status?: string; failure?: string }[]) => {
  let completions = 0;
  return serve((body, response, request) => {
    if (request.method === 'PUT') response.end('{}');
    else if (body.includes('createStagedUploads')) {
      const stagedUpload = { id: 's1', url: `http://${request.headers.host}/put`, headers: [] };
      response.end(JSON.stringify({ data: { result: [{ stagedUpload, userErrors: [] }] } }));
    } else {
      const { url = null, ...current } = files[Math.min(completions, files.length - 1)]!;
      completions += 1;
      const result = { mediaFile: { id: '1', url }, current, userErrors: [] };
      response.end(JSON.stringify({ data: { result } }));
    }
  });
};

test('a file that the server still verifies is awaited', async () => {
  const unverified = { status: 'PROCESSING' };
  const ready = { url: 'https://x/1', status: 'READY' };
  const { connection, bodies } = await stagedServer(unverified, unverified, ready);
  const calls: unknown[] = [];
  const uploaded = await uploadFile(connection, file, {
    method: 'staged',
    onProgress: (fraction) => calls.push(fraction),
    onProcessing: () => calls.push('processing'),
  });
  expect(uploaded).toEqual({ id: '1', url: 'https://x/1' });
  expect(calls.slice(-2)).toEqual([1, 'processing']);
  // The bytes are sent once.
  expect(bodies.filter((body) => body === 'bytes')).toHaveLength(1);
  expect(bodies).toHaveLength(5);
});

test.each(['form', 'staged'] as const)(
  'a %s upload says that the store already had the file',
  async (method) => {
    for (const reused of [true, false]) {
      const result = {
        mediaFile: { id: '1' },
        current: { status: 'READY' },
        reused,
        userErrors: [],
      };
      const { connection } = await serve((body, response, request) => {
        const stagedUpload = { id: 's1', url: `http://${request.headers.host}/put`, headers: [] };
        const staged = [{ stagedUpload, userErrors: [] }];
        const isFirst = body.includes('createStagedUploads');
        response.end(JSON.stringify({ data: { result: isFirst ? staged : result } }));
      });
      let isReused = false;
      const onReused = () => (isReused = true);
      const options = { method, onDuplicate: 'REUSE', onReused } as const;
      expect(await uploadFile(connection, file, options)).toEqual({ id: '1' });
      expect(isReused).toBe(reused);
    }
  },
);

test('a file that is rejected after the response fails with its reason, and is not repeated', async () => {
  const { connection, bodies } = await stagedServer(
    { status: 'PROCESSING' },
    { status: 'FAILED' },
    { failure: 'The file is damaged.' },
  );
  await expect(uploadFile(connection, file, { method: 'staged' })).rejects.toMatchObject({
    code: 'FAILED',
    message: 'The file is damaged.',
    isRetryable: false,
  });
  expect(bodies).toHaveLength(5);
});

test('waiting for a file ends with its signal', async () => {
  const { connection } = await stagedServer({ status: 'PROCESSING' });
  const controller = new AbortController();
  const upload = uploadFile(connection, file, {
    method: 'staged',
    signal: controller.signal,
    onProcessing: () => controller.abort(new Error('Enough.')),
  });
  await expect(upload).rejects.toThrow('Enough.');
});

test('a file whose fields could not be read is not reported as uploaded without them', async () => {
  const { connection } = await serve(json(200, payload(null)));
  await expect(uploadFile(connection, file)).rejects.toMatchObject({ code: 'INTERNAL' });
});

test('of many files a few are sent at a time, and one that fails does not stop the others', async () => {
  let open = 0;
  let most = 0;
  const { connection } = await serve((body, response) => {
    most = Math.max(most, (open += 1));
    setTimeout(() => {
      open -= 1;
      const isBad = body.includes('bad.txt');
      const problem = { code: 'INVALID', message: 'Bad.', field: null };
      response.end(JSON.stringify(isBad ? payload(null, [problem]) : payload({ id: '1' })));
    }, 50);
  });
  const files = ['a', 'bad', 'c', 'd', 'e'].map((name) => new File(['x'], `${name}.txt`));
  const progress: number[] = [];
  const ended: number[] = [];
  const results = await uploadFiles(connection, files, {
    concurrency: 2,
    onProgress: (fraction) => progress.push(fraction),
    onResult: ({ index }) => ended.push(index),
  });
  expect(most).toBe(2);
  expect(results.map((result) => 'error' in result)).toEqual([false, true, false, false, false]);
  expect(results[1]).toMatchObject({ error: expect.any(UploadError), file: files[1] });
  expect(progress.at(-1)).toBe(1);
  expect(ended.toSorted((one, other) => one - other)).toEqual([0, 1, 2, 3, 4]);
});
