import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { errorCode } from '../error-code.ts';
import { currentActivity, runIn } from './activity.ts';

/**
 * The API's own, which does nothing, until `installTracer`. It is not registered with the API: libraries that
 * would write spans of their own, with whole documents in them, stay silent.
 */
let tracer: Tracer = trace.getTracer('federated-media');

/** What a process has one of, as it has one exporter. Answers with how to go back. */
export function installTracer(next: Tracer): () => void {
  const previous = tracer;
  tracer = next;
  return () => {
    tracer = previous;
  };
}

/** The span of a request, below the one that the client names, if any. */
export function startRequestSpan(client: SpanContext | undefined): Span {
  const parent = client ? trace.setSpanContext(ROOT_CONTEXT, client) : ROOT_CONTEXT;
  return tracer.startSpan('request', { kind: SpanKind.SERVER }, parent);
}

interface SpanOptions {
  /** `client`: another process is asked. */
  readonly kind: 'client' | 'internal';
  readonly attributes?: Attributes;
}

const KINDS = { client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

/** A span of the current request; undefined when it is not recorded, or nobody's. */
export function startSpan(name: string, { kind, attributes }: SpanOptions): Span | undefined {
  const activity = currentActivity();
  if (!activity?.span.isRecording()) return undefined;
  const parent = trace.setSpan(ROOT_CONTEXT, activity.span);
  return tracer.startSpan(name, { kind: KINDS[kind], ...(attributes && { attributes }) }, parent);
}

/** `work`, and all that it causes, in a span of its own. */
export async function inSpan<Result>(
  name: string,
  options: SpanOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const activity = currentActivity();
  const span = startSpan(name, options);
  if (!activity || !span) return work();
  try {
    return await runIn({ ...activity, span }, work);
  } catch (error) {
    markFailed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Says by its code, or class, what went wrong: a message may hold what must not leave the process. */
export function markFailed(span: Span, error: unknown) {
  const name = error instanceof Error ? error.name : 'unknown';
  span.setAttribute('error.type', errorCode(error) ?? name);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
