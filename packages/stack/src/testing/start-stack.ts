// A process that starts a stack with its data in the given folder, reports its processes and then waits.
import { startStack } from '../stack.ts';

const stack = await startStack({
  dataDir: process.argv[2] ?? '',
  ports: 'free',
  output: 'collect',
  subgraphs: ['cms'],
  processes: 'many',
  env: { LOG_LEVEL: 'warn' },
  durable: false,
});
process.send?.({
  pids: stack.processes.map(({ pid }) => pid),
  databaseUrl: stack.postgres.url('cms'),
});
process.on('disconnect', () => process.exit());
