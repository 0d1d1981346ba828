export type MultipartStatus = 400 | 408 | 413 | 415;

/**
 * An error of a multipart request, with a message for its sender. Before execution it becomes an HTTP response with
 * `statusCode`. An upload that fails later rejects with it, and its `extensions` make Apollo Server respond with the
 * same status and a public code.
 */
export class MultipartError extends Error {
  readonly statusCode: MultipartStatus;
  readonly extensions: { code: string; http: { status: number } };

  constructor(statusCode: MultipartStatus, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MultipartError';
    this.statusCode = statusCode;
    this.extensions = {
      code: statusCode === 408 ? 'TIMEOUT' : 'BAD_REQUEST',
      http: { status: statusCode },
    };
  }
}
