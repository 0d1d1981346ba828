import type { Readable } from 'node:stream';

/** Offsets of the first and the last byte wanted, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface StoredObject {
  readonly key: string;
  readonly byteSize: number;
  readonly modifiedAt: Date;
}

export interface LocalCopy extends AsyncDisposable {
  readonly path: string;
}

/**
 * Bytes by key. Knows nothing of files, stores or who uses them.
 *
 * A key is made of one to eight segments of `A-Z a-z 0-9 . _ -` joined by `/`, none of them `.` or `..`;
 * whatever else it may be made of, every method throws InvalidKeyError before it touches anything.
 */
export interface Storage {
  /**
   * Publishes the staged file under `key` all at once: readers see nothing, then everything, and from
   * then on it survives a power failure. The staged file is consumed. Idempotent: once `key` is there
   * and the staged file gone, publishing again does nothing. What `key` held before is replaced.
   * With `durable: false`, for what can be made again, a power failure may take it back, or leave
   * other bytes in its place; it spares several waits for the disk.
   */
  publish(key: string, stagedPath: string, options?: { durable: boolean }): Promise<void>;
  /** `null` when the key is absent: absence is not an error. */
  stat(key: string): Promise<{ byteSize: number } | null>;
  /**
   * `null` when the key is absent. A range that goes beyond the end is cut there. The stream holds a
   * file open until it is read to its end or destroyed.
   */
  get(key: string, range?: ByteRange): Promise<Readable | null>;
  /**
   * A file on this machine with the object's bytes, to be read only, for as long as it is lent. `null` when
   * the key is absent.
   */
  openLocalCopy(key: string): Promise<LocalCopy | null>;
  /** Idempotent, so a retried purge never fails. */
  delete(key: string): Promise<void>;
  /**
   * Every object whose key starts with `prefix` (a key, or the beginning of one; '' for all), in no
   * particular order. Objects published or deleted meanwhile may or may not be among them.
   */
  list(prefix: string): AsyncIterable<StoredObject>;
}
