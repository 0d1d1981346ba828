import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ByteRange } from './storage.ts';

/** Needs fewer wake-ups than Node's 64 kB and is nearly twice as fast. */
const CHUNK_BYTES = 256 * 1024;

/**
 * The bytes of an open file, or a range of them. Closes the file when it ends or is destroyed.
 *
 * With `reuseBuffers` it reads into two buffers in turn, and only after the previous chunk was consumed
 * (`highWaterMark: 0`). A new buffer per chunk costs more than twice the processor time for a large file.
 */
export class FileStream extends Readable {
  readonly #file: FileHandle;
  #buffers: readonly [Buffer, Buffer] | null = null;
  #position: number;
  #remaining: number;

  constructor(
    file: FileHandle,
    { start, end }: ByteRange,
    { reuseBuffers } = { reuseBuffers: false },
  ) {
    super({ highWaterMark: reuseBuffers ? 0 : CHUNK_BYTES });
    this.#file = file;
    this.#position = start;
    this.#remaining = Math.max(0, end - start + 1);
    if (reuseBuffers) this.#buffers = [this.#newBuffer(), this.#newBuffer()];
  }

  override _read(): void {
    this.#nextChunk().then(
      (chunk) => this.push(chunk),
      (error: unknown) => this.destroy(asError(error)),
    );
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    void this.#close(error, done);
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

  async #nextChunk(): Promise<Buffer | null> {
    if (this.#remaining === 0) return null;
    const buffer = this.#nextBuffer();
    const length = Math.min(buffer.length, this.#remaining);
    const bytesRead = await this.#fill(buffer, length);
    this.#position += bytesRead;
    this.#remaining = bytesRead < length ? 0 : this.#remaining - bytesRead;
    return bytesRead === 0 ? null : buffer.subarray(0, bytesRead);
  }

  /** Network file systems may return less than is asked. A short chunk would not fill the socket's buffer. */
  async #fill(buffer: Buffer, length: number): Promise<number> {
    let filled = 0;
    while (filled < length) {
      const position = this.#position + filled;
      const { bytesRead } = await this.#file.read(buffer, filled, length - filled, position);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled;
  }

  #nextBuffer(): Buffer {
    if (!this.#buffers) return this.#newBuffer();
    const [buffer, other] = this.#buffers;
    this.#buffers = [other, buffer];
    return buffer;
  }

  #newBuffer(): Buffer {
    return Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, Math.max(1, this.#remaining)));
  }
}

const asError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown)));
