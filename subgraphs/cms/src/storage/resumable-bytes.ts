import type { Hash } from 'node:crypto';
import type { Readable } from 'node:stream';

/** Staged bytes that arrive in several requests, at any node. Callers make sure that only one writes at a time. */
export interface ResumableBytes {
  /** How many bytes have arrived. */
  size(name: string): Promise<number>;
  /**
   * Adds `body` behind the first `position` bytes, of `byteSize` in all. Also adds it to `hash`, if that is given.
   * When `body` ends early, the bytes that arrived are kept. Returns how many there are now.
   * @throws FileTooLargeError at the first byte over `byteSize`; StorageFullError if there is no room
   */
  append(
    name: string,
    body: Readable,
    at: { position: number; byteSize: number; hash: Hash | null },
  ): Promise<number>;
  /** Call it when all bytes have arrived, before they are opened. Idempotent. */
  finish(name: string): Promise<void>;
}
