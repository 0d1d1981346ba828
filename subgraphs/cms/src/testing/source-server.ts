import { type RequestListener, createServer } from 'node:http';

/** A web server on the loopback; what it does at a path a test may change at any time. */
export async function serveSource() {
  const served = new Map<string, RequestListener>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const listener = served.get(path);
    if (listener) listener(request, response);
    else response.writeHead(404).end('There is nothing.');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;

  return {
    /** A host that has a name is reached by it; allow it. */
    host: `source.test:${port}`,
    /** Paths, in the order they were asked for. */
    asked,
    urlOf: (path: string, host = 'source.test') => `http://${host}:${port}${path}`,
    /** @returns the address */
    serve(path: string, listener: RequestListener): string {
      served.set(path, listener);
      return `http://source.test:${port}${path}`;
    },
    /** How many have not hung up. */
    connections: () =>
      new Promise<number>((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
export type SourceServer = Awaited<ReturnType<typeof serveSource>>;
