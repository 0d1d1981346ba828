import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, type RequestListener, createServer } from 'node:http';
import { z } from 'zod';

const Ready = z.object({ url: z.string() });

/** For the separate process: starts the server, tells the parent its URL, and ends with the parent. */
export function listenForParent(handle: RequestListener) {
  const server = createServer(handle);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object' && address)
      process.send?.({ url: `http://127.0.0.1:${address.port}` });
  });
  process.on('disconnect', () => process.exit(0));
}

/** Responds with JSON. */
export const sendJson =
  (answer: (request: IncomingMessage) => Promise<string>): RequestListener =>
  (request, response) => {
    answer(request).then(
      (body) => {
        response.setHeader('content-type', 'application/json; charset=utf-8');
        response.end(body);
      },
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  };

/** A bare server in a separate process, which gets `settings` as its first message and answers with its URL. */
export async function startChildServer(module: URL, settings: object) {
  const child = fork(module);
  child.send(settings);
  const ready: Promise<unknown[]> = once(child, 'message');
  const [message] = await ready;
  return {
    url: Ready.parse(message).url,
    pid: child.pid ?? 0,
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** A bare server of two files. `small` is read into memory. */
export const startBareServer = (files: { small: string; large: string }) =>
  startChildServer(new URL('bare-server.ts', import.meta.url), files);
