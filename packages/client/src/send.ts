import { deferred } from './deferred.ts';
import { UploadError } from './errors.ts';
import { startTimer } from './timer.ts';

interface Sent {
  readonly url: string;
  readonly method: 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Blob | FormData;
  /** The number of bytes that have been sent, of the whole body. */
  readonly onSent?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** As in `Connection`. */
  readonly silentMs?: number | undefined;
}

export interface Received {
  readonly status: number;
  readonly text: string;
  readonly retryAfterMs: number | undefined;
}

/**
 * Sends a request and resolves to the response, whatever its status.
 * @throws UploadError `NETWORK` if no response arrives; the reason of `signal` if it aborts
 */
export function send(sent: Sent): Promise<Received> {
  sent.signal?.throwIfAborted();
  return typeof XMLHttpRequest === 'undefined' ? sendByFetch(sent) : sendByXhr(sent);
}

/** A connection that was dropped without notice looks like a slow one. */
const SILENT_MS = 60_000;

/** The only way to learn in a browser how much has been sent. */
function sendByXhr(sent: Sent): Promise<Received> {
  const { url, method, headers, body, onSent, signal, silentMs = SILENT_MS } = sent;
  const { promise, resolve, reject } = deferred<Received>();
  const request = new XMLHttpRequest();
  const abort = () => request.abort();
  let silence: ReturnType<typeof startTimer>;
  const noteProgress = () => {
    clearTimeout(silence);
    silence = startTimer(abort, silentMs);
  };
  request.open(method, url);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  // A listener makes the browser send a preflight request, so it is added only when needed.
  if (onSent)
    request.upload.addEventListener('progress', ({ loaded }) => {
      noteProgress();
      onSent(loaded);
    });
  request.addEventListener('load', () =>
    resolve({
      status: request.status,
      text: request.responseText,
      // Of a server that does not expose it, the browser reports each attempt to read it.
      retryAfterMs:
        request.status < 400 ? undefined : retryAfterOf(request.getResponseHeader('retry-after')),
    }),
  );
  request.addEventListener('error', () => reject(networkError()));
  request.addEventListener('abort', () => reject(signal?.reason ?? networkError()));
  signal?.addEventListener('abort', abort);
  request.addEventListener('loadend', () => {
    clearTimeout(silence);
    signal?.removeEventListener('abort', abort);
  });
  noteProgress();
  request.send(body);
  return promise;
}

async function sendByFetch({ url, method, headers, body, signal }: Sent): Promise<Received> {
  try {
    const response = await fetch(url, { method, headers, body, ...(signal && { signal }) });
    return {
      status: response.status,
      text: await response.text(),
      retryAfterMs: retryAfterOf(response.headers.get('retry-after')),
    };
  } catch (error) {
    signal?.throwIfAborted();
    throw networkError(error);
  }
}

const networkError = (cause?: unknown) =>
  new UploadError('The server could not be reached, or the connection ended.', {
    code: 'NETWORK',
    isRetryable: true,
    cause,
  });

/** Only the form with seconds, the one that the gateway sends (RFC 9110, 10.2.3). */
function retryAfterOf(header: string | null): number | undefined {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}
