import type { Readable } from 'node:stream';
import { GraphQLUpload, Upload } from 'graphql-upload-minimal';

// GraphQL prints values that do not fit into its errors, where an upload's insides would be told otherwise.
Object.defineProperty(Upload.prototype, 'toJSON', { value: () => null });

export { GraphQLUpload, Upload };

/** What an `Upload` resolves to once its part has begun to arrive. All of it is the client's word. */
export interface IncomingFile {
  /** The key in `map`. */
  readonly fieldName: string;
  /** Without directories; `file` when the client named none. */
  readonly filename: string;
  readonly mimetype: string;
  readonly encoding: string;
  /**
   * The bytes, once: a second call throws, since they are kept nowhere. Destroying the stream drops the
   * rest of the file and lets the next one arrive.
   */
  createReadStream(): Readable;
}

/** Knows whether anybody waits for it: `await` calls the `then` of a promise that is not a plain one. */
class WatchedPromise<Value> extends Promise<Value> {
  isAwaited = false;

  static override get [Symbol.species]() {
    return Promise;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it has one already
  override then<Kept = Value, Broken = never>(
    kept?: ((value: Value) => Kept | PromiseLike<Kept>) | null,
    broken?: ((reason: unknown) => Broken | PromiseLike<Broken>) | null,
  ): Promise<Kept | Broken> {
    this.isAwaited = true;
    return super.then(kept, broken);
  }
}

export interface ExpectedUpload {
  readonly upload: Upload;
  /** Whether anybody waits for it to arrive, or has. */
  isAwaited(): boolean;
}

export function expectUpload(): ExpectedUpload {
  const upload = new Upload();
  const { promise } = upload;
  const watched = new WatchedPromise<Awaited<typeof promise>>((resolve) => resolve(promise));
  // Nobody may ever look at it, and its failing must not end the process.
  watched.catch(() => {});
  watched.isAwaited = false;
  upload.promise = watched;
  return { upload, isAwaited: () => watched.isAwaited };
}

declare module 'graphql-upload-minimal' {
  interface Upload {
    resolve(file: IncomingFile): void;
    reject(error: Error): void;
  }
}
