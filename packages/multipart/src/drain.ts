import type { IncomingMessage } from 'node:http';

const MAX_BYTES = 256 * 2 ** 20;
const MAX_MS = 10_000;

/**
 * Reads and discards the rest of a body. Otherwise a client that is still sending would see a connection reset
 * instead of the response. After 256 MiB or 10 s the connection is closed.
 */
export function drain(request: IncomingMessage): Promise<void> {
  const { socket } = request;
  if (request.readableEnded || request.destroyed || socket.destroyed) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) request.destroy();
  };
  const done = () => {
    clearTimeout(timer);
    request.off('data', count);
    socket.off('close', done);
    resolve();
  };
  const timer = setTimeout(() => request.destroy(), MAX_MS);
  request.on('data', count).once('end', done).once('close', done).on('error', done);
  // After the response is sent, Node no longer reports to the request that its connection was closed.
  socket.once('close', done);
  request.resume();
  return promise;
}
