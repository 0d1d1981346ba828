import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SourceServer, serveSource } from '../../testing/source-server.ts';
import { SourceForbidden } from './resolve-source.ts';
import { type SourceFetcher, SourceUnreachable, createSourceFetcher } from './fetch-source.ts';

const NEVER = new AbortController().signal;

let plain: SourceServer;
let secure: SourceServer;
let fetchSource: SourceFetcher;
beforeAll(async () => {
  plain = await serveSource();
  secure = await serveSource('https');
  const allowedHosts = new Set([plain.host, secure.host, secure.host.replace('source', 'other')]);
  fetchSource = createSourceFetcher({ allowedHosts, resolve: async () => ['127.0.0.1'] });
  plain.serve('/a', (_request, response) => void response.end('plain'));
  secure.serve('/a', (_request, response) => void response.end('secure'));
});
afterAll(() => {
  plain.close();
  secure.close();
});

const redirect = (from: SourceServer, location: string) =>
  from.serve('/redirect', (_request, response) => {
    response.writeHead(302, { location }).end();
  });
async function read(url: string): Promise<string> {
  await using result = await fetchSource(new URL(url), NEVER);
  return await text(result.body);
}

test('follows redirects from http to https and within https', async () => {
  expect(await read(redirect(plain, secure.urlOf('/a')))).toBe('secure');
  expect(await read(redirect(secure, '/a'))).toBe('secure');
});

test('does not follow redirects from https to http', async () => {
  plain.asked.length = 0;
  await expect(read(redirect(secure, plain.urlOf('/a')))).rejects.toThrow(SourceForbidden);
  const twice = plain.serve('/twice', (_request, response) => {
    response.writeHead(302, { location: secure.urlOf('/redirect') }).end();
  });
  await expect(read(twice)).rejects.toThrow(SourceForbidden);
  expect(plain.asked).toEqual(['/twice']);
});

test('verifies the certificate for the host name, whatever its IP address', async () => {
  secure.asked.length = 0;
  await expect(read(secure.urlOf('/a', 'other.test'))).rejects.toThrow(SourceUnreachable);
  expect(secure.asked).toEqual([]);
});
