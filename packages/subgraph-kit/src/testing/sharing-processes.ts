// Three processes that share a port. `/who` responds with the number and the process id of one of them.
import cluster from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpApp } from '../http-app.ts';
import { createLogger } from '../logger.ts';
import type { Module, Workers } from '../module.ts';
import { serveProcess } from '../process.ts';
import { listeningUrl } from '../server.ts';
import { addMetricsRoute } from '../telemetry/metrics-route.ts';
import { startWorkers } from '../workers/start-workers.ts';
import { runWorker } from '../workers/worker.ts';

const COUNT = 3;
const { env } = process;
const logger = createLogger({ name: 'sharing', level: 'info' });

const module: Pick<Module, 'name' | 'start'> = {
  name: 'sharing',
  async start({ workers }) {
    if (!workers) throw new Error('It is one of several.');
    if (env['FAIL'] === '1') throw new Error('it cannot start');
    if (env['FAIL'] === 'killed') process.kill(process.pid, 'SIGKILL');
    const { app, ...http } = createHttpApp({
      logger,
      maxBodyBytes: 1_000,
      isReady: async () => {},
    });
    addRoutes(app, workers);
    addMetricsRoute(app, { kind: 'loopback' }, { workers });
    await app.listen({ host: '127.0.0.1', port: 0 });
    return { url: listeningUrl(app), withdraw: http.withdraw, close: http.close };
  },
};

function addRoutes(app: ReturnType<typeof createHttpApp>['app'], workers: Workers) {
  const heard: unknown[] = [];
  workers.onMessage((message) => void heard.push(message));
  app.get('/who', async () => ({ pid: process.pid, isFirst: workers.isFirst, heard }));
  app.get('/tell', async () => {
    await workers.tellOthers({ from: process.pid });
    return { pid: process.pid };
  });
  app.get('/count', async () => ({ count: await workers.askPrimary('one more') }));
  app.get('/slow', async () => {
    await sleep(1_000);
    return { pid: process.pid };
  });
  app.get('/hang', async () => {
    process.stdout.write('{"msg":"hangs"}\n');
    for (;;);
  });
}

if (cluster.isWorker) {
  await runWorker(module, {
    env,
    onFailure(error) {
      logger.fatal({ err: error }, 'could not start');
      process.exit(1);
    },
  });
} else {
  let count = 0;
  await serveProcess({
    name: 'sharing',
    logger,
    start: () =>
      startWorkers({
        count: COUNT,
        answer: () => (count += 1),
        hungAfterMs: Number(env['HUNG_AFTER_MS'] ?? 60_000),
        logger,
      }),
  });
}
