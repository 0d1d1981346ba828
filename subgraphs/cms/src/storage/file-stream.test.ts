import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, writeFile } from 'node:fs/promises';
import { type ServerResponse, createServer, get } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi, type MockInstance } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import { FileStream } from './file-stream.ts';

const BYTES = randomBytes(5_000_001);
type ReadAt = [buffer: Buffer, offset: number, length: number, position: number];

/** Serves the file. `closed` counts the files that were closed. */
async function serve(range = { start: 0, end: BYTES.length - 1 }, { readBytes = Infinity } = {}) {
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, BYTES);
  const closes: MockInstance[] = [];
  async function send(response: ServerResponse) {
    const file = await open(path);
    closes.push(vi.spyOn(file, 'close'));
    const read: (...given: ReadAt) => unknown = file.read.bind(file);
    const readLess = (...[buffer, offset, length, position]: ReadAt) =>
      read(buffer, offset, Math.min(length, readBytes), position);
    Object.assign(file, { read: readLess });
    response.setHeader('content-length', range.end - range.start + 1);
    const stream = new FileStream(file, range, { reuseBuffers: true });
    response.once('close', () => stream.destroy());
    stream.pipe(response);
  }
  const server = createServer((_request, response) => void send(response)).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const closed = () => closes.filter(({ mock }) => mock.calls.length > 0).length;
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, closed };
}

test.each([Infinity, 4_096])(
  'sends a slow client every byte in the right position, of reads of at most %s bytes',
  async (readBytes) => {
    const { url, closed } = await serve(undefined, { readBytes });
    const [response] = await once(get(url), 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) {
      chunks.push(chunk);
      if (chunks.length % 10 === 0) await sleep(5);
    }
    expect(Buffer.concat(chunks).equals(BYTES)).toBe(true);
    await vi.waitFor(() => expect(closed()).toBe(1));
  },
);

test('sends a range from its first byte to its last', async () => {
  const { url } = await serve({ start: 300_000, end: 1_200_000 });
  const body = Buffer.from(await (await fetch(url)).arrayBuffer());
  expect(body.equals(BYTES.subarray(300_000, 1_200_001))).toBe(true);
});

test('closes the file if the client disconnects halfway', async () => {
  const { url, closed } = await serve();
  const [response] = await once(get(url), 'response');
  await once(response, 'data');
  response.destroy();
  await vi.waitFor(() => expect(closed()).toBe(1));
});

test('sends every byte of pipelined requests, whose responses wait for each other', async () => {
  const { url, closed } = await serve();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const head = 'GET / HTTP/1.1\r\nHost: test\r\n';
  socket.write(`${head}\r\n${head}Connection: close\r\n\r\n`);
  const received = await buffer(socket);
  const first = received.indexOf('\r\n\r\n') + 4;
  const second = received.indexOf('\r\n\r\n', first + BYTES.length) + 4;
  expect(received.subarray(first, first + BYTES.length).equals(BYTES)).toBe(true);
  expect(received.subarray(second).equals(BYTES)).toBe(true);
  await vi.waitFor(() => expect(closed()).toBe(2));
});
