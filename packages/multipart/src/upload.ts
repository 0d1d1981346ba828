import type { Readable } from 'node:stream';
import { GraphQLUpload, Upload } from 'graphql-upload-minimal';

// GraphQL prints invalid values into its errors; without this, those would contain the internals of an upload.
Object.defineProperty(Upload.prototype, 'toJSON', { value: () => null });

export { GraphQLUpload, Upload };

/** The value of an `Upload` when its part starts to arrive. All of it is sent by the client and not verified. */
export interface IncomingFile {
  /** The key in `map`. */
  readonly fieldName: string;
  /** Without directories; `file` when the client sent no name. */
  readonly filename: string;
  readonly mimetype: string;
  readonly encoding: string;
  /**
   * Returns the bytes. A second call throws, because they are not stored. Destroying the stream discards the rest of
   * the file, and the next file can arrive.
   */
  createReadStream(): Readable;
}

/** Records whether it is awaited: `await` calls the `then` method of a subclass of Promise. */
class WatchedPromise<Value> extends Promise<Value> {
  isAwaited = false;

  static override get [Symbol.species]() {
    return Promise;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- promises have one
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
  /** Whether the operation has awaited it. */
  isAwaited(): boolean;
}

export function expectUpload(): ExpectedUpload {
  const upload = new Upload();
  const { promise } = upload;
  const watched = new WatchedPromise<Awaited<typeof promise>>((resolve) => resolve(promise));
  // A rejection that is never handled must not end the process.
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
