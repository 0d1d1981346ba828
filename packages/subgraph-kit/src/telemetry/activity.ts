import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { type Span, TraceFlags, trace } from '@opentelemetry/api';
import { newId } from '../ids.ts';
import { formatTraceparent } from './traceparent.ts';

/** What everything that is done for one request shares, however deep and whoever does it. */
export interface Activity {
  readonly requestId: string;
  /** Where in its trace it is just now. */
  readonly span: Span;
  /** Of the whole request. */
  readonly timings: Timings;
}

/** Where the time of a request went; what runs at the same time counts each for itself. */
export interface Timings {
  /** Because it was asked to wait: nobody's fault. */
  waitedMs: number;
  planMs: number | undefined;
  /** By the name of the subgraph. */
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

const activities = new AsyncLocalStorage<Activity | undefined>();

export const currentActivity = (): Activity | undefined => activities.getStore();

export const runIn = <Result>(activity: Activity, work: () => Result): Result =>
  activities.run(activity, work);

/**
 * `work` that no request asked for, under an id of its own. Nobody traces it, whoever it asks included: it
 * comes again every second, and would be most of all there is to see.
 */
export function inBackground<Result>(work: () => Result): Result {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  const span = trace.wrapSpanContext({ traceId, spanId, traceFlags: TraceFlags.NONE });
  return activities.run({ requestId: newId(), span, timings: noTimings() }, work);
}

/** `callback`, called on behalf of whoever hands it over, if anyone, and not of who happens to call it. */
export function bindToActivity<Args extends unknown[], Result>(
  callback: (...args: Args) => Result,
) {
  const activity = activities.getStore();
  return (...args: Args): Result => activities.run(activity, callback, ...args);
}

/** Waits for what a caller asked to wait for: it does not make their operation slow. */
export async function waitFor<Result>(awaited: Promise<Result>): Promise<Result> {
  const started = performance.now();
  try {
    return await awaited;
  } finally {
    const timings = activities.getStore()?.timings;
    if (timings) timings.waitedMs += performance.now() - started;
  }
}

/** Tells the next process for which request it is asked, and where in the trace. */
export function outgoingHeaders(): Record<string, string> {
  const activity = activities.getStore();
  if (!activity) return {};
  const traceparent = formatTraceparent(activity.span.spanContext());
  return { 'x-request-id': activity.requestId, ...(traceparent && { traceparent }) };
}

/** What each line of the log says of the request it is about. */
export function logFields(): Record<string, string> {
  const activity = activities.getStore();
  if (!activity) return {};
  const { requestId, span } = activity;
  return { requestId, ...(span.isRecording() && { traceId: span.spanContext().traceId }) };
}
