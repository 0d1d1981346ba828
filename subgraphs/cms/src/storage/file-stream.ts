import type { FileHandle } from 'node:fs/promises';
import { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ByteRange } from './storage.ts';

/** Fewer wake-ups than with Node's 64 kB, and nearly twice the speed. */
const CHUNK_BYTES = 256 * 1024;

/**
 * The bytes of an open file, or a range of them; closes it when it is done or destroyed.
 *
 * Piped into an HTTP response, it reads into two buffers in turn, each again once its bytes have left the
 * process. Buffers of their own for each chunk would have the garbage collector, which looks through all there is in the
 * process, take a quarter of the time of a large file.
 */
export class FileStream extends Readable {
  readonly #file: FileHandle;
  #position: number;
  #left: number;

  constructor(file: FileHandle, { start, end }: ByteRange) {
    super({ highWaterMark: CHUNK_BYTES });
    this.#file = file;
    this.#position = start;
    this.#left = Math.max(0, end - start + 1);
  }

  override _read(): void {
    void this.#orDestroy(async () => {
      const length = Math.min(CHUNK_BYTES, Math.max(1, this.#left));
      this.push(await this.#next(Buffer.allocUnsafeSlow(length)));
    });
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    void this.#close(error, done);
  }

  override pipe<Destination extends NodeJS.WritableStream>(
    destination: Destination,
    options?: { end?: boolean },
  ): Destination {
    // Whatever else streams lead to may keep what it was given.
    if (!(destination instanceof ServerResponse)) return super.pipe(destination, options);
    void this.#orDestroy(() => this.#pump(destination));
    return destination;
  }

  async #orDestroy(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.destroy(asError(error));
    }
  }

  async #close(error: Error | null, done: (error: Error | null) => void): Promise<void> {
    let failure = error;
    try {
      await this.#file.close();
    } catch (cause) {
      failure ??= asError(cause);
    }
    done(failure);
  }

  async #pump(destination: ServerResponse): Promise<void> {
    const lanes = [0, 1].map(() => ({
      buffer: Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, Math.max(1, this.#left))),
      isFree: Promise.resolve(),
    }));
    for (;;) {
      for (const lane of lanes) {
        await lane.isFree;
        if (this.destroyed) return;
        const bytes = await this.#next(lane.buffer);
        if (!bytes) {
          await Promise.all(lanes.map(({ isFree }) => isFree));
          // Its own end, for whoever waits for that.
          this.push(null);
          this.resume();
          destination.end();
          return;
        }
        lane.isFree = write(destination, bytes);
        lane.isFree.catch(() => {}); // Met at the next await.
      }
    }
  }

  /** Null at the end. */
  async #next(buffer: Buffer): Promise<Buffer | null> {
    if (this.#left === 0) return null;
    const length = Math.min(buffer.length, this.#left);
    const { bytesRead } = await this.#file.read(buffer, 0, length, this.#position);
    this.#position += bytesRead;
    this.#left = bytesRead === 0 ? 0 : this.#left - bytesRead;
    return bytesRead === 0 ? null : buffer.subarray(0, bytesRead);
  }
}

const asError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown)));

const write = (destination: ServerResponse, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    destination.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
