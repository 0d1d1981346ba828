import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type SourceServer, serveSource } from '../../testing/source-server.ts';
import { SourceForbidden } from './resolve-source.ts';
import { SourceUnreachable, createSourceFetcher } from './fetch-source.ts';

let source: SourceServer;
beforeAll(async () => {
  source = await serveSource();
});
afterAll(() => source.close());
beforeEach(() => {
  source.asked.length = 0;
});

const NEVER = new AbortController().signal;
const fetcher = (resolve: (hostname: string) => Promise<string[]> = async () => ['127.0.0.1']) =>
  createSourceFetcher({ allowedHosts: new Set([source.host]), resolve });

/** Fetched, read and let go of. */
async function read(url: string, signal = NEVER) {
  await using result = await fetcher()(new URL(url), signal);
  return { url: result.url.href, text: await text(result.body) };
}
const redirect = (path: string, location: string, status = 302) =>
  source.serve(path, (_request, response) => {
    response.writeHead(status, { location }).end('It is elsewhere.');
  });

test('what it answers is passed on, and is asked for without a word of who asks', async () => {
  let headers = {};
  const url = source.serve('/a.jpg', (request, response) => {
    ({ headers } = request);
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': 4 }).end('abcd');
  });
  await using result = await fetcher()(new URL(url), NEVER);
  expect(result).toMatchObject({
    byteSize: 4,
    contentType: 'image/jpeg',
    contentDisposition: null,
    url: { href: url },
  });
  expect(await text(result.body)).toBe('abcd');
  expect(Object.keys(headers).toSorted()).toEqual([
    'accept',
    'accept-encoding',
    'connection',
    'host',
    'user-agent',
  ]);
});

test.each([301, 302, 303, 307, 308])('a redirect with %i is followed', async (status) => {
  const url = source.serve('/there/b.jpg', (_request, response) => void response.end('b'));
  redirect('/here/relative', '../there/b.jpg', status);
  const from = redirect('/absolute', source.urlOf('/here/relative'), status);
  expect(await read(from)).toEqual({ url, text: 'b' });
  await source.allHungUp();
});

test('five redirects are followed and a sixth is not', async () => {
  source.serve('/0', (_request, response) => void response.end('arrived'));
  for (let left = 1; left <= 6; left += 1) redirect(`/${left}`, `/${left - 1}`);
  expect(await read(source.urlOf('/5'))).toMatchObject({ text: 'arrived' });
  source.asked.length = 0;
  await expect(read(source.urlOf('/6'))).rejects.toThrow(SourceUnreachable);
  expect(source.asked).toEqual(['/6', '/5', '/4', '/3', '/2', '/1']);
  await source.allHungUp();
});

test.each([
  'http://127.0.0.1/x',
  'http://[::1]/x',
  'http://169.254.169.254/latest',
  '//10.0.0.1/x',
  'file:///etc/passwd',
  'data:image/gif;base64,R0lGOD',
  'javascript:alert(1)',
  'ftp://source.test/x',
  'http://me:secret@source.test/x',
])('a redirect to %s is not followed', async (location) => {
  await expect(read(redirect('/inward', location))).rejects.toThrow(SourceForbidden);
  expect(source.asked).toEqual(['/inward']);
  await source.allHungUp();
});

test('a name that moves inward between two redirects is not followed', async () => {
  const results = [['127.0.0.1'], ['127.0.0.1', '10.0.0.1']];
  const url = redirect('/a', source.urlOf('/b', 'moving.test'));
  const resolve = vi.fn<(hostname: string) => Promise<string[]>>(async () => results.shift() ?? []);
  await expect(fetcher(resolve)(new URL(url), NEVER)).rejects.toThrow(SourceForbidden);
  expect(resolve.mock.calls).toEqual([['source.test'], ['moving.test']]);
});

test('a name is resolved once, and what it says later is of no interest', async () => {
  const url = source.serve('/a', (_request, response) => void response.end('a'));
  const resolve = vi.fn<(hostname: string) => Promise<string[]>>(async () => ['127.0.0.1']);
  await using result = await fetcher(resolve)(new URL(url), NEVER);
  expect(await text(result.body)).toBe('a');
  expect(resolve).toHaveBeenCalledTimes(1);
});

test.each([
  ['a redirect to nowhere', 302, { location: 'http://[' }],
  ['a redirect without a place', 302, {}],
  ['a choice', 300, {}],
  ['what has not changed', 304, {}],
  ['nothing', 204, {}],
  ['a part', 206, { 'content-range': 'bytes 0-1/9' }],
  ['an absent file', 404, {}],
  ['a broken server', 500, {}],
  ['compressed bytes', 200, { 'content-encoding': 'gzip' }],
  ['bytes compressed twice', 200, { 'content-encoding': 'identity, br' }],
])('%s is not the file', async (_what, status, headers) => {
  const url = source.serve('/a', (_request, response) => {
    response.writeHead(status, headers).flushHeaders();
    response.write('It goes on for ever.');
  });
  await expect(read(url)).rejects.toThrow(SourceUnreachable);
  await source.allHungUp();
});

test('a body that is cut short is no file', async () => {
  for (const headers of [{ 'content-length': 100 }, { 'transfer-encoding': 'chunked' }]) {
    const url = source.serve('/cut', (_request, response) => {
      response.writeHead(200, headers);
      response.write('half', () => response.destroy());
    });
    await expect(read(url), JSON.stringify(headers)).rejects.toThrow(SourceUnreachable);
  }
});

test.each([
  ['no answer', ''],
  ['headers without end', 'HTTP/1.1 200 OK\r\na: b\r\n'],
  ['hints without end', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ['half a body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'],
])('%s ends when it is told to', async (_what, raw) => {
  const controller = new AbortController();
  const url = source.serve('/slow', ({ socket }) => {
    if (raw !== '') socket.write(raw);
    setTimeout(() => controller.abort(), 20);
  });
  await expect(read(url, controller.signal)).rejects.toThrow(SourceUnreachable);
  await source.allHungUp();
});

test('headers are bounded', async () => {
  const url = source.serve('/headers', (_request, response) => {
    response.writeHead(200, { 'x-much': 'x'.repeat(20_000) }).end('a');
  });
  await expect(read(url)).rejects.toThrow(SourceUnreachable);
});

test('a name server that keeps silent ends when it is told to', async () => {
  const silent = fetcher(() => new Promise(() => {}));
  const url = new URL('http://slow.test/');
  await expect(silent(url, AbortSignal.timeout(1))).rejects.toThrow('too long');
  await expect(silent(url, AbortSignal.abort())).rejects.toThrow('too long');
});

test('a name without addresses, or none the name server knows, is not reached', async () => {
  for (const resolve of [async () => [], async () => Promise.reject(new Error('ENOTFOUND'))]) {
    await expect(fetcher(resolve)(new URL('http://no.test/'), NEVER)).rejects.toThrow(
      'cannot be resolved',
    );
  }
});

test('what went wrong names no address', async () => {
  const closed = createSourceFetcher({
    allowedHosts: new Set(['closed.test:9']),
    resolve: async () => ['127.0.0.1'],
  });
  const error = await closed(new URL('http://closed.test:9/'), NEVER).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SourceUnreachable);
  expect(error).toMatchObject({ message: 'The source does not respond.' });
});
