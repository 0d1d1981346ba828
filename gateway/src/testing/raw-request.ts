import { once } from 'node:events';
import { connect } from 'node:net';

/** Sends raw bytes and reads until the server closes the connection, or sends nothing for half a second. */
export async function sendRaw(
  port: number,
  bytes: string | Buffer,
): Promise<{ status: number; text: string }> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.setTimeout(500, () => socket.destroy());
  socket.on('error', () => {});
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  socket.write(bytes);
  await once(socket, 'close');
  const text = Buffer.concat(received).toString();
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]), text };
}
