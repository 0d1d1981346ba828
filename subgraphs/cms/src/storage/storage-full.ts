import { hasCode } from '@federated-media/subgraph-kit/error-code';

/** The disk is full, its quota is used up, or the file is larger than the system allows. */
const NO_ROOM = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** There is no room for more bytes. The message and the code are for the client, the cause is for the log. */
export class StorageFullError extends Error {
  readonly extensions = { code: 'INSUFFICIENT_STORAGE', http: { status: 507 } };

  constructor(options?: ErrorOptions) {
    super('The storage is full, and the file was not stored. Try again later.', options);
    this.name = 'StorageFullError';
  }
}

/** The error to throw instead of one of the system. */
export const asStorageError = (error: unknown): unknown =>
  hasCode(error, ...NO_ROOM) ? new StorageFullError({ cause: error }) : error;
