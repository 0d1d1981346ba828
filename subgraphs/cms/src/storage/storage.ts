import type { Readable } from 'node:stream';

/** Offsets of the first and the last byte, both inclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface StoredObject {
  readonly key: string;
  readonly byteSize: number;
  readonly modifiedAt: Date;
}

/** Staged bytes in the storage, which nobody can replace. */
export interface SharedCopy {
  readonly name: string;
}

export interface LocalCopy extends AsyncDisposable {
  readonly path: string;
}

/**
 * Stores bytes by key. Has no reference to files, stores or consumers.
 *
 * A key has one to eight segments of `A-Z a-z 0-9 . _ -`, joined by `/`. No segment is `.` or `..`.
 * For any other key every method throws InvalidKeyError before it has an effect.
 */
export interface Storage {
  /**
   * Publishes the staged file under `key` atomically: readers see either nothing or all of it, and
   * it survives a power failure. The staged file is consumed, and the previous object of `key` is
   * replaced. Idempotent: if the object exists and the staged file does not, publishing again does
   * nothing.
   *
   * `durable: false` is for objects that can be generated again. It does not wait for the disk:
   * after a power failure the object may be missing or have other bytes.
   *
   * With `copy`, which has the same bytes, they are copied inside of the storage.
   *
   * @throws StorageFullError if there is no room for it
   */
  publish(
    key: string,
    stagedPath: string,
    options?: { durable?: boolean; copy?: SharedCopy | undefined },
  ): Promise<void>;
  /** `null` if the key does not exist. */
  stat(key: string): Promise<{ byteSize: number } | null>;
  /**
   * `null` if the key does not exist. A range beyond the end is shortened. The stream keeps a file
   * open until it has ended or is destroyed.
   *
   * With `reuseBuffers` a chunk is valid only until the stream is asked for the next one. Use it
   * only to pipe into an HTTP response, which asks after it has sent the chunk.
   */
  get(
    key: string,
    range?: ByteRange,
    options?: { reuseBuffers: boolean },
  ): Promise<Readable | null>;
  /**
   * A read-only file on this machine with the object's bytes, available until it is disposed.
   * `null` if the key does not exist.
   * @throws the reason of `signal`, which ends the download of an object that is on another machine
   */
  openLocalCopy(
    key: string,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<LocalCopy | null>;
  /** Idempotent, so that a purge can be retried. */
  delete(key: string): Promise<void>;
  /**
   * All objects whose key starts with `prefix` (a key, the beginning of one, or '' for all), in no
   * particular order. Objects that are published or deleted during the listing may be missing.
   */
  list(prefix: string): AsyncIterable<StoredObject>;
  /**
   * Removes what interrupted calls of `publish` left before that time and `list` does not yield. Returns its
   * number.
   */
  removeUnfinished(before: Date): Promise<number>;
}
