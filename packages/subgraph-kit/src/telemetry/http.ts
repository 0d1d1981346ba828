import { type Span, SpanStatusCode } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Activity, noTimings, runIn } from './activity.ts';
import { metrics } from './metrics.ts';
import { METRICS_PATH } from './metrics-route.ts';
import { readTraceparent } from './traceparent.ts';
import { startRequestSpan } from './tracing.ts';

/** As nginx counts those who did not stay for their answer. */
const CLIENT_CLOSED_REQUEST = 499;

/** Asked every few seconds by whoever watches: no part of any story. */
const isMonitoringRoute = (route: string) => route.startsWith('/health/') || route === METRICS_PATH;

/** Makes every request of `app` an activity, counts it, and traces it where it ends. Add it before other hooks. */
export function observeHttp(app: FastifyInstance) {
  const activities = new WeakMap<FastifyRequest, Activity>();

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
    activities.set(request, activity);
    runIn(activity, done);
  });
  // The body arrives on behalf of the connection, and leads out of the activity.
  app.addHook('preHandler', (request, _reply, done) => {
    const activity = activities.get(request);
    if (activity) runIn(activity, done);
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
      // The path itself may hold a signature.
      'http.route': route,
      'http.response.status_code': status,
      'federated_media.request_id': requestId,
    });
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}
