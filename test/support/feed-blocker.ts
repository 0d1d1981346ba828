import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A proxy in front of the CMS for a gateway, which can drop the requests for invalidations. */
export async function openFeedBlocker(target: string) {
  const state = { isBlocking: false, blocked: 0 };
  const server = createServer((incoming, response) => {
    void (async () => {
      const body = await buffer(incoming);
      if (state.isBlocking && body.includes('mediaInvalidations')) {
        state.blocked += 1;
        incoming.socket.destroy();
        return;
      }
      const { method = 'GET', headers } = incoming;
      const forwarded = request(new URL(incoming.url ?? '/', target), { method, headers });
      forwarded.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      forwarded.on('error', () => incoming.socket.destroy());
      forwarded.end(body);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  });
}
