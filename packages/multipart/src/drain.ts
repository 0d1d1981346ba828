import type { IncomingMessage } from 'node:http';

const MAX_BYTES = 256 * 2 ** 20;
const MAX_MS = 10_000;

/**
 * Reads and drops the rest of a body. A client that is still sending when it is answered would see its
 * connection reset instead of the answer. Past 256 MiB or 10 s it is cut off all the same.
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
  // Once the answer is out, Node no longer tells the request that its connection is gone.
  socket.once('close', done);
  request.resume();
  return promise;
}
