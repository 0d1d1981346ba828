import { z } from 'zod';
import { createLogger } from '../logger.ts';
import type { Environment, Module, RunningModule, Workers } from '../module.ts';
import { sockets } from '../network/network.ts';
import { instruments } from '../telemetry/instruments.ts';
import { processRegistry } from '../telemetry/metrics.ts';
import { createChannel } from './channel.ts';

const Place = z.object({ number: z.number(), count: z.number() });
const Grace = z.number().optional();

/**
 * Runs `module` as one of several processes that share its port. The process that started it (`start-workers.ts`) tells
 * when to withdraw and to stop: signals that reach the whole process group do not.
 */
export async function runWorker(
  { name, start }: Pick<Module, 'name' | 'start'>,
  { env, onFailure }: { env: Environment; onFailure: (error: unknown) => void },
): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  const level = env['LOG_LEVEL'] || 'info';
  let logger = createLogger({ name, level });
  let running: RunningModule | undefined;
  const withdrawal = new AbortController();
  const listeners = new Set<(message: unknown) => void>();

  const channel = createChannel({
    send: (message) => void process.send?.(message, () => {}),
    answers: {
      ping: () => null,
      metrics: async () => [
        ...(await instruments().metrics.registry.getMetricsAsJSON()),
        ...(await processRegistry.getMetricsAsJSON()),
      ],
      message: (message) => listeners.forEach((listen) => listen(message)),
      withdraw() {
        withdrawal.abort();
        running?.withdraw();
      },
      async close(graceMs) {
        try {
          await running?.close(Grace.parse(graceMs));
          process.exit(0);
        } catch (error) {
          logger.error({ err: error }, 'could not stop cleanly');
          process.exit(1);
        }
      },
    },
  });
  process.on('message', (message) => channel.receive(message));

  try {
    const { number, count } = Place.parse(await channel.ask('place'));
    logger = logger.child({ worker: number });
    const workers: Workers = {
      count,
      isFirst: number === 1,
      metrics: async () => z.string().parse(await channel.ask('metrics')),
      tellOthers: async (message) => void (await channel.ask('tell', message)),
      onMessage(listen) {
        listeners.add(listen);
        return () => void listeners.delete(listen);
      },
      askPrimary: (question) => channel.ask('shared', question),
    };
    running = await start({ env, network: sockets, logger, workers });
    if (withdrawal.signal.aborted) running.withdraw();
    await channel.ask('ready', running.url);
  } catch (error) {
    onFailure(error);
  }
}
