import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { Transform, pipeline } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

const SLOW_MS = 40;

export type Condition = 'good' | 'slow' | 'black hole';

/**
 * Forwards connections to a port of this machine. In a black hole nothing arrives on either side, and connections stay
 * open; what was sent arrives when the condition is good again, as TCP repeats it.
 */
export async function openTcpProxy(targetPort: () => number) {
  let condition: Condition = 'good';
  let passable = Promise.resolve();
  let reopen = () => {};
  const sockets = new Set<{ destroy(): void }>();

  const gate = () =>
    new Transform({
      transform(chunk, _encoding, done) {
        void (async () => {
          await passable;
          if (condition === 'slow') await sleep(SLOW_MS);
          done(null, chunk);
        })();
      },
    });
  const server = createServer((client) => {
    const upstream = connect(targetPort(), '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
    // A side that disconnects ends the other.
    pipeline(client, gate(), upstream, () => client.destroy());
    pipeline(upstream, gate(), client, () => upstream.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    port,
    set(next: Condition) {
      condition = next;
      reopen();
      reopen = () => {};
      passable = Promise.resolve();
      if (next !== 'black hole') return;
      const { promise, resolve } = Promise.withResolvers<void>();
      passable = promise;
      reopen = resolve;
    },
    close() {
      reopen();
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
export type TcpProxy = Awaited<ReturnType<typeof openTcpProxy>>;
