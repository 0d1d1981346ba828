import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { drain } from '@federated-media/multipart/drain';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { GraphQLError } from 'graphql';
import { outageMessage, unavailableDatabase } from './database-error.ts';
import { ServiceUnavailableError, UnauthenticatedError, refusedStatus } from './errors.ts';
import { shortMessage } from './excerpt.ts';
import type { Logger } from './logger.ts';
import { DEFAULT_GRACE_MS, type Serving, closeWithin } from './shutdown.ts';
import { observeHttp } from './telemetry/http.ts';
import { metrics } from './telemetry/metrics.ts';

const HEADERS_TIMEOUT_MS = 15_000;
const IDLE_SOCKET_TIMEOUT_MS = 60_000;
const BODY_TIMEOUT_MS = 10_000;
/** Larger reads than Node's 64 kB halve the number of events of an upload. */
const SOCKET_BUFFER_BYTES = 256 * 1024;
const CLOSE_IDLE_EVERY_MS = 100;
/** A browser opens connections before it needs them. */
const SILENT_CONNECTION_MS = 1_000;
const RETRY_AFTER_SECONDS = 5;
const REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/;

export interface HttpApp extends Serving {
  readonly app: FastifyInstance;
  /** `disconnectMore` ends requests that use no socket, after `graceMs`. */
  close(graceMs?: number, disconnectMore?: () => void): Promise<void>;
}

/**
 * Fastify with the common behaviour of all processes: request ids, JSON errors in the format of GraphQL, health
 * checks, and responses that reach clients which are still sending.
 *
 * `/health/live` is 200 while the process responds, `/health/serving` until it is withdrawn, and `/health/ready` if in
 * addition what it depends on is ready. Otherwise they are 503.
 */
export function createHttpApp({
  logger,
  maxBodyBytes,
  isReady,
  bodyTimeoutMs = BODY_TIMEOUT_MS,
}: {
  logger: Logger;
  maxBodyBytes: number;
  /** The time in which a JSON body must arrive. Uploads have separate deadlines. */
  bodyTimeoutMs?: number;
  /** Resolves to details for the health check; throws when not ready. */
  isReady: () => Promise<Record<string, unknown> | void>;
}): HttpApp {
  const app = fastify({
    bodyLimit: maxBodyBytes,
    connectionTimeout: IDLE_SOCKET_TIMEOUT_MS,
    requestTimeout: 0,
    forceCloseConnections: 'idle',
    // A request that arrives on a connection that is about to be closed is served like the others.
    return503OnClosing: false,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      // Not a UUIDv7, which takes longer than the rest of a request for an image in memory: it reads random bytes.
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    frameworkErrors: (error, request, reply) => {
      void sendError(error, { request, reply, logger });
    },
    rewriteUrl: ({ url = '/' }) => (url.startsWith('/') ? url : pathOf(url)),
    http: { headersTimeout: HEADERS_TIMEOUT_MS, highWaterMark: SOCKET_BUFFER_BYTES },
  });
  app.removeContentTypeParser('text/plain');
  observeHttp(app);
  // Hooks of all requests call back: promises would take a tenth of the time of an image from memory.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  app.addHook('preParsing', ({ headers, raw }, reply, payload, done) => {
    if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) return done(null, payload);
    const timer = setTimeout(() => {
      // The reader of the body listens; without a reader there is nothing to stop.
      if (raw.listenerCount('error') > 0) raw.emit('error', new BodyTimeoutError());
    }, bodyTimeoutMs);
    raw.once('end', () => clearTimeout(timer));
    reply.raw.once('close', () => clearTimeout(timer));
    done(null, payload);
  });
  let isWithdrawn = false;
  const sockets = trackSockets(app);
  app.addHook('preClose', async () => {
    isWithdrawn = true;
    const startedAt = performance.now();
    // Closing ends only connections that are idle at that moment. One that becomes idle later would delay the
    // shutdown until its client disconnects, and so would one on which no request has arrived.
    const timer = setInterval(() => {
      app.server.closeIdleConnections();
      if (performance.now() - startedAt > SILENT_CONNECTION_MS) endSilent(sockets);
    }, CLOSE_IDLE_EVERY_MS);
    app.server.once('close', () => clearInterval(timer));
  });
  app.addHook('onSend', ({ raw }, reply, _payload, done) => {
    // Node would close the connection before the response is sent completely; `drain` closes it instead.
    if (!hasArrived(raw)) {
      reply.removeHeader('connection');
      reply.raw.removeHeader('connection');
    } else if (isWithdrawn) reply.header('connection', 'close');
    done();
  });
  app.addHook('onResponse', ({ raw }, _reply, done) => {
    // A client that is still sending would see a connection reset instead of the response.
    if (!hasArrived(raw)) void drain(raw);
    done();
  });
  app.setErrorHandler<FastifyError>((error, request, reply) =>
    sendError(error, { request, reply, logger }),
  );
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send(errorBody('NOT_FOUND', 'Not found.', request.id)),
  );
  const stopping = (reply: FastifyReply) => reply.code(503).send({ status: 'stopping' });
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/serving', async (_request, reply) =>
    isWithdrawn ? stopping(reply) : { status: 'serving' },
  );
  app.get('/health/ready', async (request, reply) => {
    if (isWithdrawn) return stopping(reply);
    try {
      return { status: 'ready', ...(await isReady()) };
    } catch (error) {
      logger.warn({ err: error, requestId: request.id }, 'not ready');
      return reply.code(503).send({ status: 'not ready' });
    }
  });
  return {
    app,
    withdraw: () => void (isWithdrawn = true),
    close: (graceMs = DEFAULT_GRACE_MS, disconnectMore = () => {}) =>
      closeWithin(graceMs, {
        closing: app.close(),
        disconnect() {
          app.server.closeAllConnections();
          disconnectMore();
        },
      }),
  };
}

function trackSockets({ server }: FastifyInstance): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return open;
}

function endSilent(sockets: ReadonlySet<Socket>): void {
  for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
}

/** A proxy may send the whole URL (RFC 9112, 3.2.2). The path is left as it was written: signatures depend on it. */
function pathOf(url: string): string {
  const [, path] = /^https?:\/\/[^/?#]*(.*)$/i.exec(url) ?? [];
  return path?.startsWith('/') ? path : `/${path ?? url}`;
}

/** Node reports that a request without a body is complete only after its handler has returned. */
const hasArrived = ({ complete, headers }: IncomingMessage): boolean =>
  complete ||
  (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined);

class BodyTimeoutError extends Error {
  readonly statusCode = 408;

  constructor() {
    super('The body took too long to arrive.');
  }
}

function sendError(
  error: FastifyError,
  { request, reply, logger }: { request: FastifyRequest; reply: FastifyReply; logger: Logger },
) {
  if (reply.raw.headersSent || reply.raw.destroyed) return reply.hijack();
  if (error instanceof UnauthenticatedError) {
    reply.code(401).header('www-authenticate', 'Bearer');
    return reply.send(errorBody('UNAUTHENTICATED', error.message, request.id));
  }
  if (error instanceof ServiceUnavailableError) {
    reply.code(503).header('retry-after', RETRY_AFTER_SECONDS);
    return reply.send(errorBody('UNAVAILABLE', error.message, request.id));
  }
  if (error instanceof GraphQLError) {
    const status = refusedStatus(error);
    reply.code(status);
    if (status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
    return reply.send(errorBody(String(error.extensions['code']), error.message, request.id));
  }
  const unavailable = unavailableDatabase(error);
  if (unavailable) {
    const { publicCode, publicMessage } = unavailable;
    logger.warn({ err: error, requestId: request.id }, outageMessage(unavailable));
    reply.code(503).header('retry-after', RETRY_AFTER_SECONDS);
    return reply.send(errorBody(publicCode, publicMessage, request.id));
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) {
    return reply.code(status).send(errorBody('BAD_REQUEST', error.message, request.id));
  }
  logger.error({ err: error, requestId: request.id }, 'request failed');
  return reply.code(500).send(errorBody('INTERNAL', 'Internal error.', request.id));
}

function errorBody(code: string, message: string, requestId: string) {
  metrics.error(code);
  return { errors: [{ message: shortMessage(message), extensions: { code, requestId } }] };
}
