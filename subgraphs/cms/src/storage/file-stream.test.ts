import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, writeFile } from 'node:fs/promises';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import { FileStream } from './file-stream.ts';

const BYTES = randomBytes(5_000_001);

/** Serves the file to one request; `closed` tells whether its descriptor is given back. */
async function serve(range = { start: 0, end: BYTES.length - 1 }) {
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, BYTES);
  const file = await open(path);
  const closed = vi.spyOn(file, 'close');
  const server = createServer((_request, response) => {
    const stream = new FileStream(file, range);
    response.once('close', () => stream.destroy());
    stream.pipe(response);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, closed };
}

test('a client that reads slowly gets every byte in its place', async () => {
  const { url, closed } = await serve();
  const [response] = await once(get(url), 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) {
    chunks.push(chunk);
    if (chunks.length % 10 === 0) await sleep(5);
  }
  expect(Buffer.concat(chunks).equals(BYTES)).toBe(true);
  await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(1));
});

test('a range is sent from its first byte to its last', async () => {
  const { url } = await serve({ start: 300_000, end: 1_200_000 });
  const body = Buffer.from(await (await fetch(url)).arrayBuffer());
  expect(body.equals(BYTES.subarray(300_000, 1_200_001))).toBe(true);
});

test('a client that hangs up half way leaves no file open', async () => {
  const { url, closed } = await serve();
  const [response] = await once(get(url), 'response');
  await once(response, 'data');
  response.destroy();
  await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(1));
});
