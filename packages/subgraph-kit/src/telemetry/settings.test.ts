import { expect, test } from 'vitest';
import { z } from 'zod';
import { SettingsError, platformSettings, readSettings } from '../settings.ts';
import { telemetryOf, telemetrySettings } from './settings.ts';

const schema = z.object({ ...platformSettings, ...telemetrySettings });
const telemetry = (env: Record<string, string>) => telemetryOf(readSettings(schema, env));

test('in development the metrics are readable on this machine, and nothing is traced', () => {
  expect(telemetry({})).toEqual({
    metrics: { kind: 'loopback' },
    slowOperationMs: 1_000,
    tracing: null,
  });
});

test('in production the metrics require a token', () => {
  expect(telemetry({ NODE_ENV: 'production' }).metrics).toEqual({ kind: 'nobody' });
});

test('accepts several tokens for a rotation', () => {
  const [one, other] = ['1', '2'].map((digit) => digit.repeat(32));
  const { metrics } = telemetry({ NODE_ENV: 'production', METRICS_TOKEN: `${one}, ${other}` });
  expect(metrics).toEqual({ kind: 'token', tokens: [one, other] });
});

test.each([
  ['METRICS_TOKEN', 'short'],
  ['METRICS_TOKEN', `${'x'.repeat(32)}é`],
  ['SLOW_OPERATION_MS', '0'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ['OTEL_TRACES_SAMPLER', 'sometimes'],
  ['OTEL_TRACES_SAMPLER_ARG', '2'],
  ['OTEL_SDK_DISABLED', 'perhaps'],
])('%s must not be %s', (name, value) => {
  expect(() => telemetry({ [name]: value })).toThrow(SettingsError);
});

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318/' }, 'http://otel:4318/v1/traces'],
  [
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example/in',
    },
    'https://traces.example/in',
  ],
])('sends traces to the URL of the OpenTelemetry settings: %o', (env, url) => {
  expect(telemetry(env).tracing).toEqual({
    url,
    serviceName: undefined,
    sampler: 'parentbased_always_on',
    ratio: 1,
  });
});

test('OTEL_SDK_DISABLED stops tracing', () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318', OTEL_SDK_DISABLED: 'true' };
  expect(telemetry(env).tracing).toBeNull();
});
