import { type SpanContext, TraceFlags, isSpanContextValid } from '@opentelemetry/api';

/** Version 00 in full: whatever else claims to be a trace is none, and a new one begins. */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/**
 * The span that a `traceparent` header names (https://www.w3.org/TR/trace-context/); undefined when it is not
 * exactly that. Of the flags only `sampled` is kept. `tracestate` is a client's own and goes no further.
 */
export function readTraceparent(header: string | string[] | undefined): SpanContext | undefined {
  if (typeof header !== 'string') return undefined;
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(header) ?? [];
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  const context = { traceId, spanId, traceFlags, isRemote: true };
  return isSpanContextValid(context) ? context : undefined;
}

/** Undefined for a span that is in no trace: nothing is traced here, and the client named none. */
export function formatTraceparent(context: SpanContext): string | undefined {
  if (!isSpanContextValid(context)) return undefined;
  const { traceId, spanId, traceFlags } = context;
  const isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}
