import { once } from 'node:events';
import { createServer, request } from 'node:http';

export interface UploadProxy {
  /** With a path that it removes. */
  readonly url: string;
  /** Where requests go. */
  target: string;
  /** How many bytes of the body of a request pass. */
  afterBytes: number;
  readonly paths: readonly string[];
  /** `Upload-Offset` of the requests that have one: where each continues, in bytes. */
  readonly offsets: readonly number[];
  /** How many requests it has cut. */
  readonly cuts: number;
  close(): Promise<void>;
}

/**
 * An HTTP proxy with a path prefix that resets the connection of a request when `afterBytes` of its body have passed and
 * `onCut` has resolved.
 */
export async function openUploadProxy(
  onCut: (cuts: number) => Promise<void> | void,
): Promise<UploadProxy> {
  const paths: string[] = [];
  const offsets: number[] = [];
  let cuts = 0;
  const server = createServer((incoming, response) => {
    const { method, headers, url = '' } = incoming;
    paths.push(url);
    if (headers['upload-offset']) offsets.push(Number(headers['upload-offset']));
    const path = url.replace(/^\/some\/files/, '');
    const outgoing = request(new URL(path, proxy.target), { method, headers });
    outgoing.on('error', () => response.destroy());
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    const { afterBytes } = proxy;
    let passed = 0;
    const cut = async () => {
      try {
        await onCut(cuts);
      } finally {
        incoming.socket.resetAndDestroy();
        outgoing.destroy();
      }
    };
    incoming.on('data', (chunk: Buffer) => {
      const part = chunk.subarray(0, afterBytes - passed);
      passed += part.length;
      // Otherwise bytes wait here, and the server has received less than has passed.
      incoming.pause();
      if (passed < afterBytes) {
        outgoing.write(part, () => incoming.resume());
        return;
      }
      cuts += 1;
      outgoing.write(part, () => void cut());
    });
    incoming.on('end', () => outgoing.end());
    incoming.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  const proxy = {
    url: `http://127.0.0.1:${address.port}/some/files`,
    target: '',
    afterBytes: Infinity,
    paths,
    offsets,
    get cuts() {
      return cuts;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
