import { once } from 'node:events';
import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { drain } from './drain.ts';
import { openClient } from './testing/http.ts';

/** Responds before the body is read, then drains it. */
async function answering(use: (port: number, drained: Promise<void>) => Promise<void>) {
  const drained = Promise.withResolvers<void>();
  const server = createServer((request: IncomingMessage, response) => {
    response.end('answer');
    drained.resolve(drain(request));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use((server.address() as AddressInfo).port, drained.promise);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a client that sends its whole body first receives the response', () =>
  answering(async (port, drained) => {
    const client = await openClient(port);
    const answer = once(client.socket, 'data');
    await client.head(20_000_000);
    await client.send(Buffer.alloc(20_000_000));
    await drained;
    expect(String(await answer)).toContain('200 OK');
    client.hangUp();
  }));

test('disconnects a client that never stops sending', () =>
  answering(async (port, drained) => {
    const client = await openClient(port);
    await client.head(10_000_000_000);
    const chunk = Buffer.alloc(4_000_000);
    let sent = 0;
    while (!client.socket.destroyed && sent < 1_000_000_000) {
      await client.send(chunk);
      sent += chunk.length;
    }
    await drained;
    expect(sent).toBeLessThan(1_000_000_000);
  }));

test('does not wait for a client that disconnected', () =>
  answering(async (port, drained) => {
    const client = await openClient(port);
    await client.head(1_000_000);
    await once(client.socket, 'data');
    client.hangUp();
    await expect(drained).resolves.toBeUndefined();
  }));
