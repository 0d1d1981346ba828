import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { EVERY_FIELD, type TestStack, openTestStack } from './stack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Serves the data of the shared stack. */
    sharedStackUrl: string;
  }
}

/** In addition to the defaults: one that crops, and one that does not. */
const IMAGE_PRESETS = JSON.stringify({
  banner: { width: 900, height: 300, fit: 'COVER' },
  fitted: { width: 300, height: 300 },
});

/** Starts the shared stack on the first request of a journey, and stops it after the last journey. */
export default async function serveSharedStack(project: TestProject): Promise<() => Promise<void>> {
  let stack: Promise<TestStack> | undefined;
  const server = createServer((_request, response) => {
    stack ??= openTestStack({ env: { ...EVERY_FIELD, IMAGE_PRESETS } });
    stack.then(
      ({ gatewayUrl, urls, dataDir }) =>
        response.end(JSON.stringify({ gatewayUrl, urls, dataDir })),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  project.provide('sharedStackUrl', `http://127.0.0.1:${port}`);
  return async () => {
    server.closeAllConnections();
    server.close();
    await (await stack)?.stop();
  };
}
