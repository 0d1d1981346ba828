import { once } from 'node:events';
import { createServer, request } from 'node:http';

export interface UploadProxy {
  /** With a path that it removes. */
  readonly url: string;
  /** Where requests go. */
  target: string;
  readonly paths: readonly string[];
  /** How many requests it has cut. */
  readonly cuts: number;
  close(): Promise<void>;
}

/** An HTTP proxy with a path prefix that resets the connection of a request when `afterBytes` of its body have passed. */
export async function openUploadProxy({
  afterBytes,
  onCut,
}: {
  afterBytes: number;
  onCut: (cuts: number) => void;
}): Promise<UploadProxy> {
  const paths: string[] = [];
  let cuts = 0;
  const server = createServer((incoming, response) => {
    const { method, headers, url = '' } = incoming;
    paths.push(url);
    const path = url.replace(/^\/some\/files/, '');
    const outgoing = request(new URL(path, proxy.target), { method, headers });
    outgoing.on('error', () => response.destroy());
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    let passed = 0;
    incoming.on('data', (chunk: Buffer) => {
      const isBefore = passed < afterBytes;
      passed += chunk.length;
      if (passed < afterBytes) outgoing.write(chunk);
      if (passed < afterBytes || !isBefore) return;
      cuts += 1;
      onCut(cuts);
      incoming.socket.resetAndDestroy();
      // What has passed arrives.
      outgoing.write(chunk, () => outgoing.destroy());
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
    paths,
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
