import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { streamObject } from './object-stream.ts';

const logger = pino({ level: 'silent' });
const CHUNK_BYTES = 60_000;
const BYTES_BETWEEN_PAUSES = 1_200_000;

/** Like a connection that ends when nothing was read from it for a second. */
const impatientResponse = (byteSize: number) =>
  Readable.from(
    (async function* () {
      for (let left = byteSize; left > 0; left -= CHUNK_BYTES) {
        const sentAt = performance.now();
        yield Buffer.alloc(Math.min(left, CHUNK_BYTES));
        if (performance.now() - sentAt > 1_000) throw new Error('timed out');
      }
    })(),
    { objectMode: false, highWaterMark: 1 },
  );

/** Ends with an error after a part. */
const cutResponse = () =>
  Readable.from(
    (async function* () {
      yield Buffer.alloc(CHUNK_BYTES);
      throw new Error('cut');
    })(),
  );

test('connections that end because the reader pauses are replaced without a limit', async () => {
  const pauses = 13;
  const byteSize = pauses * BYTES_BETWEEN_PAUSES;
  let requests = 0;
  const request = async (start: number) => {
    requests += 1;
    return impatientResponse(byteSize - start);
  };
  const first = impatientResponse(byteSize);
  const stream = streamObject(first, { start: 0, end: byteSize - 1, request, logger });
  let length = 0;
  for await (const chunk of stream) {
    const before = length;
    length += (chunk as Buffer).length;
    const isPause =
      Math.floor(before / BYTES_BETWEEN_PAUSES) < Math.floor(length / BYTES_BETWEEN_PAUSES);
    if (isPause) await setTimeout(1_300);
  }
  expect(length).toBe(byteSize);
  expect(requests).toBeGreaterThan(10);
});

test('a response that is cut again and again fails, with an error that asks to retry', async () => {
  const request = async () => cutResponse();
  const stream = streamObject(cutResponse(), { start: 0, end: 1e9, request, logger });
  const read = async () => {
    for await (const _chunk of stream);
  };
  await expect(read()).rejects.toMatchObject({ statusCode: 503, cause: { message: 'cut' } });
});
