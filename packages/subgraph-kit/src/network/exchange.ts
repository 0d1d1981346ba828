import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestListener } from 'node:http';
import type { Readable } from 'node:stream';
import { LocalRequest } from './local-request.ts';
import { LocalResponse } from './local-response.ts';
import { LocalSocket } from './local-socket.ts';
import type { CompleteResponse, OutgoingRequest } from './network.ts';

/** One request and its response, in memory. */
export interface Exchange {
  readonly response: Promise<CompleteResponse>;
  /** Resolves when the server has finished with the request. Never rejects. */
  readonly ended: Promise<void>;
  /** Disconnects: the server sees a closed connection, and `response` rejects with `reason`. */
  abort(reason: unknown): void;
}

interface Server {
  /** Host and port, for the header. */
  readonly host: string;
  readonly listener: RequestListener;
  /** Runs work of the server in its own asynchronous context. */
  readonly asServer: ReturnType<typeof AsyncLocalStorage.snapshot>;
  readonly maxResponseBytes: number;
}

export function beginExchange(
  { method, path, headers, body, signal }: OutgoingRequest,
  { host, listener, asServer, maxResponseBytes }: Server,
): Exchange {
  const { promise, resolve, reject } = Promise.withResolvers<CompleteResponse>();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const asCaller = AsyncLocalStorage.snapshot();
  const socket = new LocalSocket();
  const stream = typeof body === 'string' ? undefined : body;
  const request = new LocalRequest(socket, {
    method,
    path,
    headers: { host, ...headers, ...headersOf(body) },
    readMore: () => asCaller(() => stream?.resume()),
  });
  const response = new LocalResponse(request, { maxBytes: maxResponseBytes, onExcess: abort });
  response.assignSocket(socket);

  function abort(reason: unknown) {
    reject(reason);
    asServer(() => socket.destroy());
  }
  const hangUp = () => abort(signal.reason);

  response.once('finish', () => {
    resolve(response.complete());
    socket.destroy();
  });
  response.once('close', () => {
    signal.removeEventListener('abort', hangUp);
    reject(new Error('The server closed the connection before the response was complete.'));
    stream?.destroy();
    // As in a server with sockets: its reader learns that nothing more arrives.
    if (!request.readableEnded) request.destroy();
    end();
  });

  if (signal.aborted) {
    hangUp();
    return { response: promise, ended, abort };
  }
  signal.addEventListener('abort', hangUp);
  if (stream) sendStream(stream, { request, asServer, abort });
  asServer(() => {
    if (typeof body === 'string') request.receive(body);
    if (!stream) request.receiveEnd();
    try {
      listener(request, response);
    } catch (error) {
      abort(error);
    }
  });
  return { response: promise, ended, abort };
}

function headersOf(body: string | Readable | undefined): Record<string, string> {
  if (body === undefined) return {};
  if (typeof body !== 'string') return { 'transfer-encoding': 'chunked' };
  return { 'content-length': String(Buffer.byteLength(body)) };
}

function sendStream(
  body: Readable,
  {
    request,
    asServer,
    abort,
  }: { request: LocalRequest; asServer: Server['asServer']; abort: (reason: unknown) => void },
) {
  body.on('data', (chunk: Buffer) => {
    const wantsMore = asServer(() => request.receive(chunk));
    if (!wantsMore) body.pause();
  });
  body.once('end', () => asServer(() => request.receiveEnd()));
  body.once('error', abort);
  body.once('close', () => {
    if (!body.readableEnded) abort(new Error('The body was not complete.'));
  });
  // `LocalRequest` resumes it when the server reads.
  body.pause();
}
