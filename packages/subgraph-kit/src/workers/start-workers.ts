import cluster from 'node:cluster';
import type { Logger } from '../logger.ts';
import type { RunningModule } from '../module.ts';
import { workerMetrics } from '../telemetry/worker-metrics.ts';
import type { Answer } from './channel.ts';
import { type SupervisedWorker, superviseWorker } from './supervised-worker.ts';

/** A worker that is busy for longer does not delay the others. */
const TELL_WITHIN_MS = 200;
const METRICS_WITHIN_MS = 2_000;
/** As the liveness probe in deploy/kubernetes. */
const HUNG_AFTER_MS = 60_000;

/**
 * Starts this program `count` times. Its processes share the ports on which they listen: this process accepts
 * connections and passes them to one after the other. A process that ends is replaced. Resolves when all serve.
 * @throws WorkerFailedError when one does not start
 */
export async function startWorkers({
  count,
  answer,
  hungAfterMs = HUNG_AFTER_MS,
  logger,
}: {
  count: number;
  /** Answers `Workers.askPrimary`. */
  answer: Answer;
  hungAfterMs?: number;
  logger: Logger;
}): Promise<RunningModule> {
  cluster.schedulingPolicy = cluster.SCHED_RR;
  const workers: SupervisedWorker[] = [];
  const start = (number: number) => {
    const worker = superviseWorker(number, {
      hungAfterMs,
      logger,
      answers: {
        place: () => ({ number, count }),
        shared: answer,
        metrics: () => metricsOf(workers),
        tell: (message) => tell(message, { others: workers.filter((it) => it !== worker) }),
      },
    });
    workers.push(worker);
    return worker.ready;
  };
  // Alone: a problem of all of them is reported once, and files that only one may create exist for the others.
  const url = await start(1);
  await Promise.all(Array.from({ length: count - 1 }, (_none, index) => start(index + 2)));
  return {
    url,
    withdraw() {
      for (const worker of workers) worker.withdraw();
    },
    async close(graceMs) {
      await Promise.all(workers.map((worker) => worker.close(graceMs)));
    },
  };
}

async function tell(message: unknown, { others }: { others: readonly SupervisedWorker[] }) {
  const options = { withinMs: TELL_WITHIN_MS };
  await Promise.allSettled(others.map((it) => it.channel().ask('message', message, options)));
}

/** Of this process and of all workers that answer. */
async function metricsOf(workers: readonly SupervisedWorker[]): Promise<string> {
  const options = { withinMs: METRICS_WITHIN_MS };
  const answers = await Promise.allSettled(
    workers.map(async ({ number, channel }) => ({
      worker: String(number),
      metrics: await channel().ask('metrics', null, options),
    })),
  );
  return workerMetrics(
    answers.flatMap((settled) => (settled.status === 'fulfilled' ? [settled.value] : [])),
  );
}
