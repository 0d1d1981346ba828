import type { Readable } from 'node:stream';
import { MultipartError } from '@federated-media/multipart/errors';
import { publicError } from '@federated-media/subgraph-kit/errors';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { GraphQLError } from 'graphql';
import { Pool } from 'undici';
import { createConcurrencyLimit } from './concurrency-limit.ts';

const CONNECT_TIMEOUT_MS = 3_000;
const READY_TIMEOUT_MS = 3_000;

const BLAMED_ON_SUBGRAPH: ReadonlySet<unknown> = new Set(['SUBGRAPH_UNAVAILABLE', 'TIMEOUT']);

/** Per subgraph: so one that hangs holds no more than this, whatever is asked of it. */
export interface ConnectionLimits {
  /** Calls under way at a time, each on a connection of its own. */
  readonly connections: number;
  /** Calls that may wait for one of those. */
  readonly waiting: number;
  /** Uploads under way at a time, beside the calls; none waits, for its client would be sending already. */
  readonly uploads: number;
  /** Largest response, in bytes. A call that gets more fails at once. */
  readonly maxResponseBytes: number;
}

export interface SubgraphCall {
  /** Uploads have connections apart: slow clients keep theirs for long. */
  isUpload: boolean;
  headers: Record<string, string>;
  /** The body; one that streams says when the subgraph takes more of it. */
  encode: (progress: () => void) => { contentType: string; body: string | Readable };
  /** Until the whole answer is here, counted from the start or from the latest progress. */
  timeoutMs: number;
  /** The client's: aborts when it hangs up. */
  signal: AbortSignal;
  requestId: string;
}

export interface SubgraphResponse {
  status: number;
  cacheControl: string | undefined;
  text: string;
}

/**
 * HTTP to one subgraph. What goes wrong is thrown as a GraphQL error that names the subgraph, and never
 * a host, a port or a stack: SUBGRAPH_UNAVAILABLE, TIMEOUT, or what was wrong with the client's upload.
 */
export function createSubgraphClient({
  name,
  url,
  limits,
  logger,
}: {
  name: string;
  /** Of its GraphQL endpoint; path and query string are used as given. */
  url: string;
  limits: ConnectionLimits;
  logger: Logger;
}) {
  const { origin, pathname, search } = new URL(url);
  const path = `${pathname}${search}`;
  const openConnections = (atOnce: number, waiting: number) => ({
    pool: new Pool(origin, {
      connections: atOnce,
      pipelining: 1,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      // Each call has one deadline, its own.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: limits.maxResponseBytes,
    }),
    limit: createConcurrencyLimit(
      { atOnce, waiting },
      {
        name,
        onFull: () => logger.warn({ subgraph: name }, 'subgraph overloaded; rejecting calls'),
      },
    ),
  });
  const calls = openConnections(limits.connections, limits.waiting);
  const uploads = openConnections(limits.uploads, 0);
  // Whether it is ready is asked however busy it is.
  const health = new Pool(origin, { connections: 1, connect: { timeout: CONNECT_TIMEOUT_MS } });

  return {
    async post(call: SubgraphCall): Promise<SubgraphResponse> {
      const { encode, timeoutMs, signal, requestId } = call;
      if (timeoutMs <= 0) throw timedOut(name);
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(timedOut(name)), timeoutMs);
      const hangUp = () =>
        controller.abort(publicError('BAD_REQUEST', 'The client closed the connection.'));
      if (signal.aborted) hangUp();
      signal.addEventListener('abort', hangUp);
      const { pool, limit } = call.isUpload ? uploads : calls;
      let release: (() => void) | undefined;
      try {
        release = await limit.acquire(controller.signal);
        const { contentType, body } = encode(() => void timer.refresh());
        const response = await pool.request({
          method: 'POST',
          path,
          headers: { ...call.headers, 'content-type': contentType },
          body,
          signal: controller.signal,
        });
        const cacheControl = response.headers['cache-control'];
        return {
          status: response.statusCode,
          cacheControl: typeof cacheControl === 'string' ? cacheControl : undefined,
          text: await response.body.text(),
        };
      } catch (error) {
        const failure = toPublicError(name, error);
        // The cause goes no further than this.
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
    /** @throws Error unless the subgraph says that it can serve */
    async checkReady(): Promise<void> {
      const { statusCode, body } = await health.request({
        method: 'GET',
        path: '/health/ready',
        signal: AbortSignal.timeout(READY_TIMEOUT_MS),
      });
      await body.dump();
      if (statusCode !== 200) throw new Error(`"${name}" answered ${statusCode}.`);
    },
    async close() {
      await Promise.all([calls.pool.destroy(), uploads.pool.destroy(), health.destroy()]);
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
