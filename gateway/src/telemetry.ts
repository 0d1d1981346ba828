import type { GraphQLDataSource } from '@apollo/gateway';
import { currentActivity } from '@federated-media/subgraph-kit/telemetry/activity';
import { metrics } from '@federated-media/subgraph-kit/telemetry/metrics';
import { inSpan } from '@federated-media/subgraph-kit/telemetry/tracing';

type Process = GraphQLDataSource['process'];

/** `process` with its duration recorded in a metric, a span and the timings of the client's request. */
export const observed =
  (subgraph: string, process: Process): Process =>
  (options) =>
    inSpan(`subgraph ${subgraph}`, { kind: 'client' }, async () => {
      const started = performance.now();
      let failed = true;
      try {
        const answer = await process(options);
        failed = false;
        return answer;
      } finally {
        const ms = performance.now() - started;
        metrics.subgraph({ name: subgraph, failed, ms });
        countIn(currentActivity()?.timings.subgraphs, { subgraph, ms });
      }
    });

function countIn(
  spent: Map<string, { calls: number; ms: number }> | undefined,
  { subgraph, ms }: { subgraph: string; ms: number },
) {
  const { calls, ms: before } = spent?.get(subgraph) ?? { calls: 0, ms: 0 };
  spent?.set(subgraph, { calls: calls + 1, ms: before + ms });
}

/** `plan` with its duration recorded in a metric, a span and the timings of the client's request. */
export const timedPlanning = <Planned>(plan: () => Promise<Planned>): Promise<Planned> =>
  inSpan('plan', { kind: 'internal' }, async () => {
    const started = performance.now();
    const planned = await plan();
    const ms = performance.now() - started;
    metrics.plan(ms);
    const activity = currentActivity();
    if (activity) activity.timings.planMs = ms;
    return planned;
  });
