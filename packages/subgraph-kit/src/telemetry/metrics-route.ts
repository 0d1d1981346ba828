import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bearerToken } from '../bearer.ts';
import { UnauthenticatedError } from '../errors.ts';
import { isLoopback } from '../loopback.ts';
import { registry } from './metrics.ts';
import type { MetricsAccess } from './settings.ts';

export const METRICS_PATH = '/metrics';

/** What proxies add, behind which anybody may be. */
const FORWARDED = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/** The metrics of this process, in Prometheus' text format. Whoever may not read them finds nothing there. */
export function addMetricsRoute(app: FastifyInstance, access: MetricsAccess) {
  if (access.kind === 'nobody') return;
  app.get(METRICS_PATH, async (request, reply) => {
    if (access.kind === 'token') verifyToken(request, access.tokens);
    else if (!isFromHere(request)) return reply.callNotFound();
    reply.header('cache-control', 'no-store').type(registry.contentType);
    return registry.metrics();
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
 * Whether someone on this machine asks: not through a proxy on it, and not a web page whose name was made to
 * lead here (DNS rebinding).
 */
const isFromHere = ({ headers, socket }: FastifyRequest): boolean =>
  isLoopback(socket.remoteAddress ?? '') &&
  isLoopback(headers.host ?? '') &&
  FORWARDED.every((name) => headers[name] === undefined);

const digest = (text: string) => createHash('sha256').update(text).digest();
