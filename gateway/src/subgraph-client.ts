import type { Readable } from 'node:stream';
import { MultipartError } from '@federated-media/multipart/errors';
import { connectionClosed, publicError } from '@federated-media/subgraph-kit/errors';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { Network } from '@federated-media/subgraph-kit/network/network';
import { createUploadSlots } from '@federated-media/subgraph-kit/upload-slots';
import { GraphQLError } from 'graphql';
import { createConcurrencyLimit } from './concurrency-limit.ts';

const READY_TIMEOUT_MS = 3_000;
const MAX_READY_BYTES = 64 * 2 ** 10;

const BLAMED_ON_SUBGRAPH: ReadonlySet<unknown> = new Set(['SUBGRAPH_UNAVAILABLE', 'TIMEOUT']);

/** Limits per subgraph, so that a subgraph that hangs uses no more than these. */
export interface ConnectionLimits {
  /** Concurrent requests, each on a separate connection. */
  readonly connections: number;
  /** Requests that may wait for a connection. */
  readonly waiting: number;
  /** Concurrent uploads, in addition to the other requests; one store has at most half of them. */
  readonly uploads: number;
  /** The maximum size of a response. A request with a larger one fails at once. */
  readonly maxResponseBytes: number;
}

export interface SubgraphCall {
  /**
   * The store, for an upload; null for other requests. Uploads use separate connections, because slow clients occupy
   * them for a long time.
   */
  uploadOf: string | null;
  headers: Record<string, string>;
  /** Creates the body. A streamed body calls `progress` when the subgraph reads more of it. */
  encode: (progress: () => void) => { contentType: string; body: string | Readable };
  /** The time for the whole response, counted from the start or from the latest progress. */
  timeoutMs: number;
  /** The signal of the client: aborts when it disconnects. */
  signal: AbortSignal;
  requestId: string;
}

export interface SubgraphResponse {
  status: number;
  cacheControl: string | undefined;
  text: string;
}

/**
 * Client of one subgraph. Failures are thrown as GraphQL errors that contain the name of the subgraph but no
 * host, port or stack: SUBGRAPH_UNAVAILABLE, TIMEOUT, or an error of the upload.
 */
export function createSubgraphClient({
  name,
  url,
  network,
  limits,
  logger,
}: {
  name: string;
  /** The URL of the GraphQL endpoint; path and query string are used unchanged. */
  url: string;
  network: Network;
  limits: ConnectionLimits;
  logger: Logger;
}) {
  const { origin, pathname, search } = new URL(url);
  const path = `${pathname}${search}`;
  const openConnections = (sockets: number) =>
    network.open(origin, { sockets, maxResponseBytes: limits.maxResponseBytes });
  const onFull = () => logger.warn({ subgraph: name }, 'subgraph overloaded; rejecting calls');
  const calls = openConnections(limits.connections);
  const { acquire } = createConcurrencyLimit(
    { atOnce: limits.connections, waiting: limits.waiting },
    { name, onFull },
  );
  const uploads = openConnections(limits.uploads);
  const uploadSlots = createUploadSlots({ slots: limits.uploads, name, onFull });
  // Health checks do not wait for other requests.
  const health = network.open(origin, { sockets: 1, maxResponseBytes: MAX_READY_BYTES });

  return {
    async post(call: SubgraphCall): Promise<SubgraphResponse> {
      const { encode, timeoutMs, signal, requestId } = call;
      if (timeoutMs <= 0) throw timedOut(name);
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(timedOut(name)), timeoutMs);
      const hangUp = () => controller.abort(connectionClosed());
      if (signal.aborted) hangUp();
      signal.addEventListener('abort', hangUp);
      let release: (() => void) | undefined;
      try {
        const { uploadOf } = call;
        const isUpload = uploadOf !== null;
        release = isUpload ? uploadSlots.take(uploadOf) : await acquire(controller.signal);
        const connections = isUpload ? uploads : calls;
        const { contentType, body } = encode(() => void timer.refresh());
        const response = await connections.request({
          method: 'POST',
          path,
          headers: { ...call.headers, 'content-type': contentType },
          body,
          signal: controller.signal,
        });
        return {
          status: response.statusCode,
          cacheControl: response.header('cache-control'),
          text: response.text,
        };
      } catch (error) {
        const failure = toPublicError(name, error);
        // The cause is only logged.
        if (BLAMED_ON_SUBGRAPH.has(failure.extensions['code'])) {
          logger.warn({ subgraph: name, err: error, requestId }, 'subgraph call failed');
        }
        throw failure;
      } finally {
        release?.();
        clearTimeout(timer);
        signal.removeEventListener('abort', hangUp);
      }
    },
    /** @throws Error unless the subgraph is ready */
    async checkReady(): Promise<void> {
      const { statusCode } = await health.request({
        method: 'GET',
        path: '/health/ready',
        headers: {},
        signal: AbortSignal.timeout(READY_TIMEOUT_MS),
      });
      if (statusCode !== 200) throw new Error(`"${name}" answered ${statusCode}.`);
    },
    async close() {
      await Promise.all([calls, uploads, health].map((connections) => connections.close()));
    },
  };
}
export type SubgraphClient = ReturnType<typeof createSubgraphClient>;

const timedOut = (name: string) => publicError('TIMEOUT', `"${name}" did not respond in time.`);

function toPublicError(name: string, error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  if (error instanceof MultipartError)
    return new GraphQLError(error.message, { originalError: error });
  return publicError('SUBGRAPH_UNAVAILABLE', `"${name}" is not available.`, {
    cause: error,
  });
}
