/**
 * All subgraphs: responds with recorded bytes. It reads of a request only its head and length: a complete HTTP server
 * would use a quarter of the CPU time of the gateway, on the same cores.
 */
import { type Socket, createServer } from 'node:net';
import { z } from 'zod';
import { Recording } from './recorder.ts';

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const NOT_FOUND = Buffer.from('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');

process.once('message', (message) => {
  const { recording } = z.object({ recording: Recording }).parse(message);
  const responses = new Map(
    Object.entries(recording).map(([path, body]) => [path, responseWith(body)]),
  );
  const server = createServer((socket) => answer(socket, responses));
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object' && address)
      process.send?.({ url: `http://127.0.0.1:${address.port}` });
  });
  process.on('disconnect', () => process.exit(0));
});

const responseWith = (body: string) =>
  Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );

function answer(socket: Socket, responses: ReadonlyMap<string, Buffer>): void {
  let received = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    for (;;) {
      const end = received.indexOf(END_OF_HEAD);
      if (end < 0) return;
      const head = received.toString('latin1', 0, end);
      const [, path = ''] = /^POST (\S+) /.exec(head) ?? [];
      const [, length = '0'] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
      const size = end + END_OF_HEAD.length + Number(length);
      if (received.length < size) return;
      received = received.subarray(size);
      socket.write(responses.get(path) ?? NOT_FOUND);
    }
  });
}
