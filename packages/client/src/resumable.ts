import type { DetailedError, HttpResponse, UploadOptions } from 'tus-js-client';
import { deferred } from './deferred.ts';
import { UploadError } from './errors.ts';
import { refusalOf } from './refusal.ts';

/** One request of tus. Small enough for limits of proxies, large enough that requests take no time. */
const CHUNK_BYTES = 16 * 2 ** 20;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
const RETRYABLE = new Set([408, 409, 423, 429]);

interface Resumable {
  readonly url: string;
  readonly file: Blob;
  /** How often to try again without progress. */
  readonly retries: number;
  readonly onSent: (bytes: number) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Sends a file by tus 1.0 to the URL of an upload that exists. After a lost connection it continues where the server is.
 * @throws UploadError; the reason of `signal` if it aborts
 */
export async function sendResumable({ url, file, retries, onSent, signal }: Resumable) {
  // Loaded only by pages that send large files.
  const { Upload } = await import('tus-js-client');
  signal?.throwIfAborted();
  const { promise, resolve, reject } = deferred<void>();
  const upload = new Upload(file, {
    uploadUrl: url,
    chunkSize: CHUNK_BYTES,
    retryDelays: Array.from({ length: retries }, (_, index) =>
      Math.min(FIRST_DELAY_MS * 2 ** index, LONGEST_DELAY_MS),
    ),
    onShouldRetry: (error) => isRetryable(statusOf(error)),
    storeFingerprintForResuming: false,
    fileReader: blobReader,
    onProgress: onSent,
    onSuccess: () => resolve(),
    onError: (error) => reject(errorOf(error)),
  });
  const abort = () => {
    void upload.abort();
    reject(signal?.reason);
  };
  signal?.addEventListener('abort', abort, { once: true });
  upload.start();
  try {
    await promise;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** In Node, tus-js-client reads only buffers and streams. Elsewhere it would do the same. */
const blobReader: NonNullable<UploadOptions['fileReader']> = {
  async openFile(file: Blob) {
    const isBrowser = typeof XMLHttpRequest !== 'undefined';
    return {
      size: file.size,
      async slice(start, end) {
        const part = file.slice(start, end);
        const value = isBrowser ? part : new Uint8Array(await part.arrayBuffer());
        // tus-js-client reads the size of what it sends.
        return {
          value: isBrowser ? value : Object.assign(value, { size: part.size }),
          done: end >= file.size,
        };
      },
      close() {},
    };
  },
};

const isRetryable = (status: number) => status === 0 || status >= 500 || RETRYABLE.has(status);

/** 0: there was no response. */
const statusOf = (error: Error | DetailedError) => responseOf(error)?.getStatus() ?? 0;

const responseOf = (error: Error | DetailedError): HttpResponse | null =>
  'originalResponse' in error ? error.originalResponse : null;

function errorOf(error: Error | DetailedError): UploadError {
  const response = responseOf(error);
  const status = statusOf(error);
  if (!response)
    return new UploadError('The server could not be reached, or the connection ended.', {
      code: 'NETWORK',
      isRetryable: true,
      cause: error,
    });
  const { code, message } = refusalOf(response.getBody()) ?? {};
  return new UploadError(message ?? `The upload was answered with status ${status}.`, {
    code: code ?? `HTTP_${status}`,
    isRetryable: isRetryable(status),
    cause: error,
  });
}
