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

/** Fetches, reads and releases the source. */
async function read(url: string, signal = NEVER) {
  await using result = await fetcher()(new URL(url), signal);
  return { url: result.url.href, text: await text(result.body) };
}
const redirect = (path: string, location: string, status = 302) =>
  source.serve(path, (_request, response) => {
    response.writeHead(status, { location }).end('Moved.');
  });

test('returns the response, and sends no information about the caller', async () => {
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

test.each([301, 302, 303, 307, 308])('follows a redirect with %i', async (status) => {
  const url = source.serve('/there/b.jpg', (_request, response) => void response.end('b'));
  redirect('/here/relative', '../there/b.jpg', status);
  const from = redirect('/absolute', source.urlOf('/here/relative'), status);
  expect(await read(from)).toEqual({ url, text: 'b' });
  await source.allHungUp();
});

test('follows five redirects but not a sixth', async () => {
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
])('does not follow a redirect to %s', async (location) => {
  await expect(read(redirect('/inward', location))).rejects.toThrow(SourceForbidden);
  expect(source.asked).toEqual(['/inward']);
  await source.allHungUp();
});

test('does not follow a host that moves to a private network between two redirects', async () => {
  const results = [['127.0.0.1'], ['127.0.0.1', '10.0.0.1']];
  const url = redirect('/a', source.urlOf('/b', 'moving.test'));
  const resolve = vi.fn<(hostname: string) => Promise<string[]>>(async () => results.shift() ?? []);
  await expect(fetcher(resolve)(new URL(url), NEVER)).rejects.toThrow(SourceForbidden);
  expect(resolve.mock.calls).toEqual([['source.test'], ['moving.test']]);
});

test('resolves a host only once', async () => {
  const url = source.serve('/a', (_request, response) => void response.end('a'));
  const resolve = vi.fn<(hostname: string) => Promise<string[]>>(async () => ['127.0.0.1']);
  await using result = await fetcher(resolve)(new URL(url), NEVER);
  expect(await text(result.body)).toBe('a');
  expect(resolve).toHaveBeenCalledTimes(1);
});

test.each([
  ['a redirect to nowhere', 302, { location: 'http://[' }],
  ['a redirect without a location', 302, {}],
  ['300 Multiple Choices', 300, {}],
  ['304 Not Modified', 304, {}],
  ['nothing', 204, {}],
  ['a partial response', 206, { 'content-range': 'bytes 0-1/9' }],
  ['a missing file', 404, {}],
  ['a server error', 500, {}],
  ['compressed bytes', 200, { 'content-encoding': 'gzip' }],
  ['bytes compressed twice', 200, { 'content-encoding': 'identity, br' }],
])('rejects %s', async (_what, status, headers) => {
  const url = source.serve('/a', (_request, response) => {
    response.writeHead(status, headers).flushHeaders();
    response.write('It never ends.');
  });
  await expect(read(url)).rejects.toThrow(SourceUnreachable);
  await source.allHungUp();
});

test('rejects an incomplete body', async () => {
  for (const headers of [{ 'content-length': 100 }, { 'transfer-encoding': 'chunked' }]) {
    const url = source.serve('/cut', (_request, response) => {
      response.writeHead(200, headers);
      response.write('half', () => response.destroy());
    });
    await expect(read(url), JSON.stringify(headers)).rejects.toThrow(SourceUnreachable);
  }
});

test.each([
  ['no response', ''],
  ['endless headers', 'HTTP/1.1 200 OK\r\na: b\r\n'],
  ['endless early hints', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ['half a body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'],
])('aborts on %s', async (_what, raw) => {
  const controller = new AbortController();
  const url = source.serve('/slow', ({ socket }) => {
    if (raw !== '') socket.write(raw);
    setTimeout(() => controller.abort(), 20);
  });
  await expect(read(url, controller.signal)).rejects.toThrow(SourceUnreachable);
  await source.allHungUp();
});

test('limits the size of headers', async () => {
  const url = source.serve('/headers', (_request, response) => {
    response.writeHead(200, { 'x-much': 'x'.repeat(20_000) }).end('a');
  });
  await expect(read(url)).rejects.toThrow(SourceUnreachable);
});

test('aborts while a name server does not respond', async () => {
  const silent = fetcher(() => new Promise(() => {}));
  const url = new URL('http://slow.test/');
  await expect(silent(url, AbortSignal.timeout(1))).rejects.toThrow('too long');
  await expect(silent(url, AbortSignal.abort())).rejects.toThrow('too long');
});

test('rejects an unknown host and one without IP addresses', async () => {
  for (const resolve of [async () => [], async () => Promise.reject(new Error('ENOTFOUND'))]) {
    await expect(fetcher(resolve)(new URL('http://no.test/'), NEVER)).rejects.toThrow(
      'cannot be resolved',
    );
  }
});

test('error messages contain no IP address', async () => {
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
