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

declare module 'graphql-upload-minimal' {
  interface Upload {
    resolve(file: IncomingFile): void;
    reject(error: Error): void;
  }
}
