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
import { instruments } from './instruments.ts';

/**
 * Installs the tracer of this module. It is not registered with the API: otherwise libraries would write spans that
 * contain whole documents. Returns a function that restores the previous one.
 */
export function installTracer(next: Tracer): () => void {
  const own = instruments();
  const previous = own.tracer;
  own.tracer = next;
  return () => {
    own.tracer = previous;
  };
}

/** Starts the span of a request, as a child of the span in the client's header, if any. */
export function startRequestSpan(client: SpanContext | undefined): Span {
  const parent = client ? trace.setSpanContext(ROOT_CONTEXT, client) : ROOT_CONTEXT;
  return instruments().tracer.startSpan('request', { kind: SpanKind.SERVER }, parent);
}

interface SpanOptions {
  /** `client`: a request to another process. */
  readonly kind: 'client' | 'internal';
  readonly attributes?: Attributes;
}

const KINDS = { client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

/** Starts a span of the current request; undefined outside of a request or when it is not recorded. */
export function startSpan(name: string, { kind, attributes }: SpanOptions): Span | undefined {
  const activity = currentActivity();
  if (!activity?.span.isRecording()) return undefined;
  const parent = trace.setSpan(ROOT_CONTEXT, activity.span);
  const spanOptions = { kind: KINDS[kind], ...(attributes && { attributes }) };
  return instruments().tracer.startSpan(name, spanOptions, parent);
}

/** Runs `work` in a separate span. */
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

/** Records the code or class of the error. Its message may contain data that must not leave the process. */
export function markFailed(span: Span, error: unknown) {
  const name = error instanceof Error ? error.name : 'unknown';
  span.setAttribute('error.type', errorCode(error) ?? name);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
