import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { createCmsClient } from '../cms-client.ts';

export const secrets = ['a-secret-for-tests-of-32-characters'];

export type Reply = (request: IncomingMessage, response: ServerResponse) => unknown;

export const sending =
  (body: unknown, status = 200): Reply =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

/** A client with a separate server, which responds with `reply`. */
export async function openScriptedCms(reply: Reply, { timeoutMs = 5_000 } = {}) {
  const server = createServer((request, response) => void reply(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('The server has no port.');
  const { port } = address;
  const client = createCmsClient({
    consumer: 'notes',
    url: `http://127.0.0.1:${port}`,
    timeoutMs,
    secrets,
  });

  async function goDown() {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
  return {
    client,
    goDown,
    async comeBack() {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    async close() {
      await client.close();
      if (server.listening) await goDown();
    },
  };
}
