import { type Span, SpanStatusCode } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { type Activity, currentActivity, noTimings, runIn } from './activity.ts';
import { metrics } from './metrics.ts';
import { METRICS_PATH } from './metrics-route.ts';
import { readTraceparent } from './traceparent.ts';
import { startRequestSpan } from './tracing.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null for monitoring requests. */
    activity: Activity | null;
  }
}

/** The status that nginx logs when the client disconnects before the response. */
const CLIENT_CLOSED_REQUEST = 499;

/** Monitoring requests arrive every few seconds and are not traced. */
const isMonitoringRoute = (route: string) => route.startsWith('/health/') || route === METRICS_PATH;

/** Starts an activity for every request of `app`, counts it and traces it. Call it before adding other hooks. */
export function observeHttp(app: FastifyInstance) {
  app.decorateRequest('activity', null);

  app.addHook('onRequest', (request, reply, done) => {
    const started = performance.now();
    const { method, headers, routeOptions } = request;
    const route = routeOptions.url ?? 'none';
    const span = isMonitoringRoute(route)
      ? undefined
      : startRequestSpan(readTraceparent(headers.traceparent));
    metrics.requestBegins();
    reply.raw.once('close', () => {
      const status = reply.raw.writableFinished ? reply.raw.statusCode : CLIENT_CLOSED_REQUEST;
      metrics.requestEnds({ method, route, status, ms: performance.now() - started });
      if (span) end(span, { method, route, status, requestId: request.id });
    });
    if (!span) return done();
    const activity = { requestId: request.id, span, timings: noTimings() };
    request.activity = activity;
    runIn(activity, done);
  });
  // A body arrives in the context of the connection, outside of the activity.
  app.addHook('preHandler', ({ activity }, _reply, done) => {
    if (activity && activity !== currentActivity()) runIn(activity, done);
    else done();
  });
}

function end(
  span: Span,
  {
    method,
    route,
    status,
    requestId,
  }: Record<'method' | 'route' | 'requestId', string> & { status: number },
) {
  if (span.isRecording()) {
    span.updateName(`${method} ${route}`);
    span.setAttributes({
      'http.request.method': method,
      // The path may contain a signature.
      'http.route': route,
      'http.response.status_code': status,
      'federated_media.request_id': requestId,
    });
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}
