import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { type Span, TraceFlags, trace } from '@opentelemetry/api';
import { newId } from '../ids.ts';
import { formatTraceparent } from './traceparent.ts';

/** The state that everything done for one request shares. */
export interface Activity {
  readonly requestId: string;
  /** The current span in the trace. */
  readonly span: Span;
  /** The timings of the whole request. */
  readonly timings: Timings;
}

/** Where the time of a request was spent; concurrent work counts separately. */
export interface Timings {
  /** Waits that the caller requested; they do not count as slow. */
  waitedMs: number;
  planMs: number | undefined;
  /** By subgraph name. */
  readonly subgraphs: Map<string, Spent>;
  readonly sql: Spent;
}

export interface Spent {
  calls: number;
  ms: number;
}

export const noTimings = (): Timings => ({
  waitedMs: 0,
  planMs: undefined,
  subgraphs: new Map(),
  sql: { calls: 0, ms: 0 },
});

/** Milliseconds with two decimals, for logs. */
export const roundedMs = (ms: number): number => Math.round(ms * 100) / 100;

const activities = new AsyncLocalStorage<Activity | undefined>();

export const currentActivity = (): Activity | undefined => activities.getStore();

export const runIn = <Result>(activity: Activity, work: () => Result): Result =>
  activities.run(activity, work);

/**
 * Runs `work` that belongs to no request under a separate id. It is not traced, in this process or in those that it
 * calls: it repeats every second and would hide everything else.
 */
export function inBackground<Result>(work: () => Result): Result {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  const span = trace.wrapSpanContext({ traceId, spanId, traceFlags: TraceFlags.NONE });
  return activities.run({ requestId: newId(), span, timings: noTimings() }, work);
}

/** Returns `callback` bound to the current activity, instead of the activity of its caller. */
export function bindToActivity<Args extends unknown[], Result>(
  callback: (...args: Args) => Result,
) {
  const activity = activities.getStore();
  return (...args: Args): Result => activities.run(activity, callback, ...args);
}

/** Awaits something that the caller requested to wait for. This time does not make the operation slow. */
export async function waitFor<Result>(awaited: Promise<Result>): Promise<Result> {
  const started = performance.now();
  try {
    return await awaited;
  } finally {
    const timings = activities.getStore()?.timings;
    if (timings) timings.waitedMs += performance.now() - started;
  }
}

/** Headers with the request id and the trace context for a request to another process. */
export function outgoingHeaders(): Record<string, string> {
  const activity = activities.getStore();
  if (!activity) return {};
  const traceparent = formatTraceparent(activity.span.spanContext());
  return { 'x-request-id': activity.requestId, ...(traceparent && { traceparent }) };
}

/** The fields that each log line has about its request. */
export function logFields(): Record<string, string> {
  const activity = activities.getStore();
  if (!activity) return {};
  const { requestId, span } = activity;
  return { requestId, ...(span.isRecording() && { traceId: span.spanContext().traceId }) };
}
