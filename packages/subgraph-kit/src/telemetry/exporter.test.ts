import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { startTracing } from './exporter.ts';
import type { TracingSettings } from './settings.ts';
import { startRequestSpan } from './tracing.ts';

const logger = pino({ level: 'silent' });
const server = createServer();
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const settings: TracingSettings = {
  url: 'http://127.0.0.1:9/v1/traces',
  serviceName: undefined,
  sampler: 'parentbased_always_on',
  ratio: 1,
};
const client = (traceFlags: number) => ({
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  traceFlags,
  isRemote: true,
});

test('records nothing before tracing starts and after it ends', async () => {
  expect(startRequestSpan(undefined).isRecording()).toBe(false);
  const { close } = await startTracing('things', { settings, logger });
  expect(startRequestSpan(undefined).isRecording()).toBe(true);
  await close();
  expect(startRequestSpan(undefined).isRecording()).toBe(false);
});

test.each<[TracingSettings['sampler'], boolean, boolean, boolean]>([
  ['parentbased_always_on', true, true, false],
  ['parentbased_always_off', false, true, false],
  ['always_on', true, true, true],
  ['always_off', false, false, false],
])(
  '%s: without a client’s trace %s, with a sampled one %s, with one that is not %s',
  async (sampler, alone, sampled, unsampled) => {
    const { close } = await startTracing('things', { settings: { ...settings, sampler }, logger });
    const recorded = [undefined, client(1), client(0)].map((it) =>
      startRequestSpan(it).isRecording(),
    );
    await close();
    expect(recorded).toEqual([alone, sampled, unsampled]);
  },
);

test('a ratio also applies to clients that request tracing', async () => {
  const none = { ...settings, sampler: 'traceidratio', ratio: 0 } as const;
  const { close } = await startTracing('things', { settings: none, logger });
  const isRecorded = startRequestSpan(client(1)).isRecording();
  await close();
  expect(isRecorded).toBe(false);
});

/** Less than the timeout of the exporter. */
const BOUND_MS = 4_500;
test(
  'a collector that never responds does not delay the shutdown',
  async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/v1/traces`;
    const { close } = await startTracing('things', { settings: { ...settings, url }, logger });
    startRequestSpan(undefined).end();
    await close();
  },
  BOUND_MS,
);
