import { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { hasCode } from '@federated-media/subgraph-kit/error-code';
import { ServiceUnavailableError } from '@federated-media/subgraph-kit/errors';
import type { S3Location } from '../storage-location.ts';

const CONNECT_LIMIT_MS = 3_000;
/** Of a connection on which nothing is sent or received. */
const SILENCE_LIMIT_MS = 5_000;
/** Of one call. The SDK waits between them. */
const MAX_ATTEMPTS = 3;
const MAX_CONNECTIONS = 100;

/** The object store does not respond, or asks to slow down. A retry may succeed. */
export class StorageUnavailableError extends ServiceUnavailableError {
  override readonly name = 'StorageUnavailableError';
  /** In GraphQL responses. */
  readonly extensions = { code: 'OVERLOADED' };

  constructor(cause: unknown) {
    super('The storage is not available at the moment. Try again.', { cause });
  }
}

/** Credentials come from the sources of the AWS SDK, such as AWS_ACCESS_KEY_ID, a profile, or the machine's role. */
export const createS3Client = ({ endpoint, region, forcePathStyle }: S3Location): S3Client =>
  new S3Client({
    ...(endpoint !== null && { endpoint }),
    ...(region !== null && { region }),
    forcePathStyle,
    maxAttempts: MAX_ATTEMPTS,
    // Other object stores do not know the checksums that AWS computes by default.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_LIMIT_MS,
      socketTimeout: SILENCE_LIMIT_MS,
      httpAgent: { keepAlive: true, maxSockets: MAX_CONNECTIONS },
      httpsAgent: { keepAlive: true, maxSockets: MAX_CONNECTIONS },
    },
  });

/** The HTTP status of a response that is an error; undefined if there was no response. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

const NOT_FOUND = 404;
export const NOT_IMPLEMENTED = 501;

/** Null if what the request names does not exist. A missing bucket is an error. */
export async function unlessMissing<Found>(pending: Promise<Found>): Promise<Found | null> {
  try {
    return await pending;
  } catch (error) {
    const isBucketMissing = error instanceof Error && error.name === 'NoSuchBucket';
    if (statusOf(error) === NOT_FOUND && !isBucketMissing) return null;
    throw error;
  }
}

/** Rejects with the error for callers. */
export async function retryable<Result>(pending: Promise<Result>): Promise<Result> {
  try {
    return await pending;
  } catch (error) {
    throw storageError(error);
  }
}

const CONNECTION_ERRORS = [
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
];

/** Of the SDK. The source of credentials, such as the role of the machine, may not respond. */
const TEMPORARY = new Set(['TimeoutError', 'CredentialsProviderError']);

/** What callers get for `error`: one that asks to retry if the object store did not respond, or not now. */
export function storageError(error: unknown): unknown {
  const status = statusOf(error);
  // What is not implemented is not implemented later.
  const isFault = status !== undefined && status >= 500 && status !== NOT_IMPLEMENTED;
  const isBusy = isFault || status === 429;
  const isTemporary = error instanceof Error && TEMPORARY.has(error.name);
  const isUnavailable = isBusy || isTemporary || hasCode(error, ...CONNECTION_ERRORS);
  return isUnavailable ? new StorageUnavailableError(error) : error;
}
