import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';

/** Response bodies, by the path of their request: each subgraph gets one request. */
export const Recording = z.record(z.string(), z.string());
export type Recording = z.output<typeof Recording>;

/** Forwards requests for `/<name>/graphql` to the subgraphs at `urls`, and keeps their responses. */
export async function startRecorder(urls: Readonly<Record<string, string>>) {
  const recording: Recording = {};
  const server = createServer((request, response) => {
    const forward = async () => {
      const { url: path = '', headers } = request;
      const [, name = ''] = path.split('/');
      const body = await buffer(request);
      const answer = await fetch(`${urls[name]}/graphql`, {
        method: 'POST',
        headers: Object.entries(headers).flatMap(([header, value]): [string, string][] =>
          typeof value === 'string' && !SKIPPED.has(header) ? [[header, value]] : [],
        ),
        body: new Uint8Array(body),
      });
      const text = await answer.text();
      if (path in recording) throw new Error(`More than one request to ${path}.`);
      recording[path] = text;
      response.setHeader('content-type', 'application/json; charset=utf-8').end(text);
    };
    forward().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    recording,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Of the connection. */
const SKIPPED = new Set(['host', 'connection', 'content-length', 'transfer-encoding']);
