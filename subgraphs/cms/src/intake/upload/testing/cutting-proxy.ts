import { once } from 'node:events';
import { type Socket, connect, createServer } from 'node:net';

export interface CuttingProxy {
  /** The same URL, through the proxy. */
  urlOf(url: string): string;
  /** How many connections it has cut. */
  readonly cuts: number;
  /** Where new connections go. */
  target: string;
  close(): Promise<void>;
}

/** A TCP proxy that resets each connection when its client has sent `afterBytes`. `onCut` runs before that. */
export async function openCuttingProxy(
  target: string,
  { afterBytes, onCut = () => {} }: { afterBytes: number; onCut?: () => void },
): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let cuts = 0;
  const server = createServer((client) => {
    const { hostname, port } = new URL(proxy.target);
    const upstream = connect(Number(port), hostname);
    let sent = 0;
    let isCut = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => sockets.delete(socket));
    }
    client.on('data', (chunk) => {
      if (isCut) return;
      const rest = chunk.subarray(0, afterBytes - sent);
      sent += rest.length;
      if (!upstream.write(rest)) {
        client.pause();
        upstream.once('drain', () => client.resume());
      }
      if (sent < afterBytes) return;
      isCut = true;
      cuts += 1;
      onCut();
      client.resetAndDestroy();
      // What was sent arrives first.
      upstream.end();
    });
    client.on('close', () => upstream.end());
    upstream.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  const proxy = {
    target,
    get cuts() {
      return cuts;
    },
    urlOf: (url: string) => {
      const { pathname, search } = new URL(url);
      return `http://127.0.0.1:${address.port}${pathname}${search}`;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
