// A process that opens the embedded PostgreSQL of the given folder, reports it and then waits.
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { openEmbeddedPostgres } from '../embedded-postgres.ts';

const { pid, adopted } = await openEmbeddedPostgres({
  dataDir: process.argv[2] ?? '',
  logger: createLogger({ name: 'test', level: 'silent' }),
  durable: false,
});
process.send?.({ pid, adopted });
process.on('disconnect', () => process.exit());
