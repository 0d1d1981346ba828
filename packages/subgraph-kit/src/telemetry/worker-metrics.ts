import { AggregatorRegistry } from 'prom-client';
import { z } from 'zod';
import { processRegistry } from './metrics.ts';

const Metrics = z.array(
  z.looseObject({
    values: z.array(
      z.looseObject({ labels: z.record(z.string(), z.union([z.string(), z.number()])) }),
    ),
  }),
);

/**
 * The metrics of workers and of this process, which started them, in the text format of Prometheus. Each has the label
 * `worker`, so that a worker that starts anew resets only its own counters.
 */
export async function workerMetrics(
  workers: readonly { worker: string; metrics: unknown }[],
): Promise<string> {
  const own = { worker: 'primary', metrics: await processRegistry.getMetricsAsJSON() };
  const labelled = [own, ...workers].map(({ worker, metrics }) =>
    Metrics.parse(metrics).map((metric) => ({
      ...metric,
      // Series of different workers are never the same, so nothing is added up.
      aggregator: 'sum',
      values: metric.values.map((value) => ({ ...value, labels: { ...value.labels, worker } })),
    })),
  );
  return AggregatorRegistry.aggregate(labelled).metrics();
}
