import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { StorageUnavailableError } from './s3-client.ts';

const CHUNK_BYTES = 256 * 1024;
const MAX_INTERRUPTIONS = 10;
const PAUSE_MS = 100;
const SLOW_READER_MS = 1_000;

/**
 * The bytes from `start` to `end`, both inclusive. When a response is interrupted, requests the rest with `request`.
 * Ends with an error if the rest does not arrive, never early.
 */
export function streamObject(
  first: Readable,
  {
    start,
    end,
    request,
    logger,
  }: {
    start: number;
    end: number;
    request: (start: number) => Promise<Readable>;
    logger: Logger;
  },
): Readable {
  let body = first;

  async function* bytes() {
    let position = start;
    let interruptions = 0;
    let isReaderSlow = false;
    while (position <= end) {
      try {
        for await (const chunk of body) {
          if (!Buffer.isBuffer(chunk)) throw new TypeError('The response is not binary.');
          position += chunk.length;
          const yieldedAt = performance.now();
          yield chunk;
          isReaderSlow ||= performance.now() - yieldedAt > SLOW_READER_MS;
        }
        if (position <= end)
          throw new Error(`The response ended ${end + 1 - position} bytes early.`);
      } catch (error) {
        // The object store ends a connection that a pausing client does not read.
        if (!isReaderSlow) interruptions += 1;
        isReaderSlow = false;
        if (interruptions > MAX_INTERRUPTIONS) throw new StorageUnavailableError(error);
        logger.warn({ err: error, position }, 'download interrupted, requesting the rest');
        await setTimeout(PAUSE_MS * interruptions);
        body = await request(position);
      }
    }
  }

  const stream = Readable.from(bytes(), { objectMode: false, highWaterMark: CHUNK_BYTES });
  stream.once('close', () => body.destroy());
  return stream;
}
