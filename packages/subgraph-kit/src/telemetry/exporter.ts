import { DiagLogLevel, diag } from '@opentelemetry/api';
import type * as Sdk from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger.ts';
import type { TracingSettings } from './settings.ts';
import { installTracer } from './tracing.ts';

const EXPORT_TIMEOUT_MS = 5_000;
/** A part of the time that a process has to stop. */
const FLUSH_MAX_MS = 2_000;

/**
 * Sends the spans of this module to an OTLP collector as JSON over HTTP; `OTEL_EXPORTER_OTLP_…` set headers,
 * certificates and compression. If the collector is not available, only spans are lost and one line is logged.
 * Without settings, nothing is loaded.
 */
export async function startTracing(
  moduleName: string,
  { settings, logger }: { settings: TracingSettings | null; logger: Logger },
): Promise<{ close(): Promise<void> }> {
  if (!settings) return { close: async () => {} };
  const [sdk, { OTLPTraceExporter }, resources] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const warn = (text: string) => logger.warn({ reason: text }, 'tracing');
  const quiet = () => {};
  diag.setLogger(
    { error: warn, warn, info: quiet, debug: quiet, verbose: quiet },
    // Another module of this process may have set one.
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const given = resources.detectResources({ detectors: [resources.resourceAttributesEnvDetector] });
  const provider = new sdk.TracerProvider({
    resource: given.merge(
      resources.resourceFromAttributes({
        'service.name': settings.serviceName ?? moduleName,
        'service.namespace': 'federated-media',
      }),
    ),
    sampler: samplerOf(sdk, settings),
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: settings.url, timeoutMillis: EXPORT_TIMEOUT_MS }),
      }),
    ],
  });
  const restore = installTracer(provider.getTracer('federated-media'));
  return {
    async close() {
      restore();
      const { promise: isLong, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, FLUSH_MAX_MS);
      await Promise.race([provider.shutdown().catch(quiet), isLong]);
      clearTimeout(timer);
    },
  };
}

function samplerOf(sdk: typeof Sdk, { sampler, ratio }: TracingSettings): Sdk.Sampler {
  const root = () => {
    if (sampler.endsWith('always_on')) return new sdk.AlwaysOnSampler();
    if (sampler.endsWith('always_off')) return new sdk.AlwaysOffSampler();
    return new sdk.TraceIdRatioBasedSampler(ratio);
  };
  return sampler.startsWith('parentbased') ? new sdk.ParentBasedSampler({ root: root() }) : root();
}
