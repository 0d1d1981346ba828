import { readFile } from 'node:fs/promises';
import { type RequestListener, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { vi } from 'vitest';

/** For what happens soon, but on a busy machine. */
const PATIENCE = { timeout: 10_000 };

/**
 * A web server on the loopback interface. A test can change its responses at any time.
 * @param scheme with `https`, this process trusts the certificate of `source.test`, which protects
 *   nothing else
 */
export async function serveSource(scheme: 'http' | 'https' = 'http') {
  const served = new Map<string, RequestListener>();
  const asked: string[] = [];
  const listener: RequestListener = (request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = served.get(path);
    if (answer) answer(request, response);
    else response.writeHead(404).end('Nothing here.');
  };
  const server =
    scheme === 'http' ? createServer(listener) : createTlsServer(await identity(), listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;

  return {
    /** A host by name, which tests must allow. */
    host: `source.test:${port}`,
    /** The requested paths, in order. */
    asked,
    urlOf: (path: string, host = 'source.test') => `${scheme}://${host}:${port}${path}`,
    /** @returns the URL */
    serve(path: string, answer: RequestListener): string {
      served.set(path, answer);
      return `${scheme}://source.test:${port}${path}`;
    },
    /** Resolves when no client is connected. */
    async allHungUp() {
      const count = () =>
        new Promise<number>((resolve, reject) => {
          server.getConnections((error, open) => (error ? reject(error) : resolve(open)));
        });
      await vi.waitUntil(async () => (await count()) === 0, PATIENCE);
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
export type SourceServer = Awaited<ReturnType<typeof serveSource>>;

/** Key and certificate, trusted by this process from now on. */
async function identity() {
  const pem = await readFile(new URL('source.test.pem', import.meta.url), 'utf8');
  setDefaultCACertificates([...getCACertificates('default'), pem]);
  return { key: pem, cert: pem };
}
