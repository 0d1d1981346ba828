import { z } from 'zod';
import { isProduction, millisecondsSetting, secretSetting, urlSetting } from '../settings.ts';

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** Bearer tokens (RFC 6750, 2.1), separated by commas. */
const BEARERS = /^[A-Za-z0-9._~+/=\s,-]+$/;

/** The telemetry settings of all processes; `OTEL_…` as OpenTelemetry specifies them. */
export const telemetrySettings = {
  METRICS_TOKEN: secretSetting().refine((text) => text === undefined || BEARERS.test(text), {
    error: 'must contain only letters, digits and ._~+/=-',
  }),
  SLOW_OPERATION_MS: millisecondsSetting(1_000),
  OTEL_SDK_DISABLED: z.stringbool({ error: 'must be true or false' }).default(false),
  OTEL_SERVICE_NAME: z.string().max(255, 'must be at most 255 characters').optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: urlSetting().optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: urlSetting().optional(),
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLERS, { error: `must be one of ${SAMPLERS.join(', ')}` })
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number({ error: 'must be a number from 0 to 1' })
    .min(0, 'must be at least 0')
    .max(1, 'must be at most 1')
    .default(1),
};

const settings = z.object({ NODE_ENV: z.string(), ...telemetrySettings });

/** Access to the metrics. */
export type MetricsAccess =
  /** Callers with one of these tokens, from anywhere. */
  | { readonly kind: 'token'; readonly tokens: readonly string[] }
  /** Callers on this machine, not through a proxy. */
  | { readonly kind: 'loopback' }
  | { readonly kind: 'nobody' };

export interface TracingSettings {
  /** The OTLP endpoint (HTTP). */
  readonly url: string;
  /** Undefined: the name of the process. */
  readonly serviceName: string | undefined;
  readonly sampler: (typeof SAMPLERS)[number];
  /** 0 to 1, for samplers that keep a part of the traces. */
  readonly ratio: number;
}

/** The telemetry of a process. */
export interface Telemetry {
  readonly metrics: MetricsAccess;
  /** Slower operations are logged. */
  readonly slowOperationMs: number;
  /** Null: no tracing. */
  readonly tracing: TracingSettings | null;
}

export const NO_TELEMETRY: Telemetry = {
  metrics: { kind: 'nobody' },
  slowOperationMs: Number.POSITIVE_INFINITY,
  tracing: null,
};

/**
 * Without a token the metrics are readable only in development: in production, requests of others may appear to come
 * from this machine.
 */
export function telemetryOf(read: z.output<typeof settings>): Telemetry {
  return {
    metrics: accessOf(read),
    slowOperationMs: read.SLOW_OPERATION_MS,
    tracing: tracingOf(read),
  };
}

function accessOf(read: z.output<typeof settings>): MetricsAccess {
  if (read.METRICS_TOKEN !== undefined) {
    return { kind: 'token', tokens: read.METRICS_TOKEN.split(',').map((token) => token.trim()) };
  }
  return isProduction(read) ? { kind: 'nobody' } : { kind: 'loopback' };
}

function tracingOf(read: z.output<typeof settings>): TracingSettings | null {
  const base = read.OTEL_EXPORTER_OTLP_ENDPOINT;
  const url = read.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base && `${base}/v1/traces`);
  if (url === undefined || read.OTEL_SDK_DISABLED) return null;
  return {
    url,
    serviceName: read.OTEL_SERVICE_NAME,
    sampler: read.OTEL_TRACES_SAMPLER,
    ratio: read.OTEL_TRACES_SAMPLER_ARG,
  };
}
