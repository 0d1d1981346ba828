/** A process with a worker that is still starting. The test sends its process group SIGINT, as Ctrl-C does. */
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { createWorkerPool } from '../platform/workers/worker-pool.ts';
import { TEST_POOL } from './test-pool.ts';

const pool = createWorkerPool({
  ...TEST_POOL,
  workers: 1,
  warmWorkers: 1,
  logger: createLogger({ name: 'interrupted', level: 'warn' }),
});
process.once('SIGINT', () => void finish());
process.stdout.write('started\n');

async function finish() {
  await pool.run({ command: 'pid' }, { storeId: 'ours' });
  process.stdout.write('the job is done\n');
  await pool.stop();
}
