import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { createUploads } from './uploads.ts';

/** A server of staged uploads. `status` is that of each file; keys are those of the completions. */
async function serve() {
  const state = { status: 'PROCESSING', keys: new Set<string>() };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    const key = /"idempotencyKey":"(\w+)"/.exec(body)?.[1];
    if (key !== undefined) state.keys.add(key);
    const stagedUpload = { id: 's1', url: `http://${request.headers.host}/put`, headers: [] };
    const result = body.includes('createStagedUploads')
      ? [{ stagedUpload, userErrors: [] }]
      : {
          mediaFile: { id: '1' },
          current: { status: state.status, failure: 'Damaged.' },
          userErrors: [],
        };
    response.end(JSON.stringify({ data: { result } }));
  };
  const server = createServer((request, response) => void answer(request, response)).listen(
    0,
    '127.0.0.1',
  );
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { state, connection: { endpoint: `http://127.0.0.1:${port}/graphql` } };
}

test('a file that the server verifies is processing, and the next one is sent meanwhile', async () => {
  const { state, connection } = await serve();
  const { add, current } = createUploads(1);
  add(connection, [new File(['a'], 'a.txt'), new File(['b'], 'b.txt')], { method: 'staged' });
  const statuses = () => current().map(({ status }) => status);
  await expect.poll(statuses).toEqual(['processing', 'processing']);
  state.status = 'READY';
  await expect.poll(statuses).toEqual(['done', 'done']);
});

test('a file that FAILED is tried again with another idempotency key', async () => {
  const { state, connection } = await serve();
  state.status = 'FAILED';
  const { add, current, retry } = createUploads(1);
  add(connection, [new File(['a'], 'a.txt')], { method: 'staged' });
  await expect
    .poll(() => current()[0])
    .toMatchObject({
      status: 'failed',
      error: { code: 'FAILED', message: 'Damaged.' },
    });
  state.status = 'READY';
  retry(connection, current()[0]!.id);
  await expect.poll(() => current()[0]).toMatchObject({ status: 'done', uploaded: { id: '1' } });
  expect(state.keys.size).toBe(2);
});

test('an upload that is processing can be cancelled', async () => {
  const { connection } = await serve();
  const { add, current, cancel } = createUploads(1);
  add(connection, [new File(['a'], 'a.txt')], { method: 'staged' });
  await expect.poll(() => current()[0]?.status).toBe('processing');
  cancel(current()[0]!.id);
  expect(current()[0]?.status).toBe('cancelled');
});
