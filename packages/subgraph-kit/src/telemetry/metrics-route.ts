import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bearerToken } from '../bearer.ts';
import { UnauthenticatedError } from '../errors.ts';
import { isLoopback } from '../loopback.ts';
import type { Workers } from '../module.ts';
import { instruments } from './instruments.ts';
import { processRegistry } from './metrics.ts';
import type { MetricsAccess } from './settings.ts';

export const METRICS_PATH = '/metrics';

/** Headers that proxies add. The client behind a proxy is unknown. */
const FORWARDED = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/**
 * The metrics of this module and of its process, or of all processes of the module that share its port, in the text
 * format of Prometheus. Callers without access receive 404
 * or 401.
 */
export function addMetricsRoute(
  app: FastifyInstance,
  access: MetricsAccess,
  { workers }: { workers?: Pick<Workers, 'metrics'> | undefined } = {},
) {
  if (access.kind === 'nobody') return;
  const { registry } = instruments().metrics;
  app.get(METRICS_PATH, async (request, reply) => {
    if (access.kind === 'token') verifyToken(request, access.tokens);
    else if (!isFromHere(request)) return reply.callNotFound();
    reply.header('cache-control', 'no-store').type(registry.contentType);
    if (workers) return workers.metrics();
    return `${await registry.metrics()}\n${await processRegistry.metrics()}`;
  });
}

/** @throws UnauthenticatedError */
function verifyToken({ headers }: FastifyRequest, tokens: readonly string[]) {
  const given = digest(bearerToken(headers.authorization));
  if (!tokens.some((each) => timingSafeEqual(digest(each), given))) {
    throw new UnauthenticatedError();
  }
}

/**
 * Whether the request comes from this machine: not through a proxy on it, and not from a web page whose host name
 * points here (DNS rebinding).
 */
const isFromHere = ({ headers, socket }: FastifyRequest): boolean =>
  isLoopback(socket.remoteAddress ?? '') &&
  isLoopback(headers.host ?? '') &&
  FORWARDED.every((name) => headers[name] === undefined);

const digest = (text: string) => createHash('sha256').update(text).digest();
