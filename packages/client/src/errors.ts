/**
 * Codes of the server (`MediaErrorCode`, such as `UNSUPPORTED_TYPE`; `UNAUTHENTICATED`, `FORBIDDEN`, `OVERLOADED` and
 * other codes of GraphQL errors), and `NETWORK` when no response arrived.
 */
export type UploadErrorCode = string;

interface Details {
  readonly code: UploadErrorCode;
  readonly field?: readonly string[] | undefined;
  readonly isRetryable?: boolean | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

/** Why an upload failed. */
export class UploadError extends Error {
  override readonly name = 'UploadError';
  readonly code: UploadErrorCode;
  /** The argument that the error concerns, such as `["input", "details", "folder"]`. */
  readonly field: readonly string[] | undefined;
  /** Whether the same upload can succeed later. `uploadFile` has already retried it. */
  readonly isRetryable: boolean;
  /** How long the server asked to wait. */
  readonly retryAfterMs: number | undefined;
  /** Identifies the request in the logs of the server. Undefined when it refused the file. */
  readonly requestId: string | undefined;

  constructor(
    message: string,
    { code, field, isRetryable = false, retryAfterMs, requestId, cause }: Details,
  ) {
    super(message, { cause });
    this.code = code;
    this.field = field;
    this.isRetryable = isRetryable;
    this.retryAfterMs = retryAfterMs;
    this.requestId = requestId;
  }
}
