// A process that opens the embedded PostgreSQL of the folder it is given, says so, and then does nothing.
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { openEmbeddedPostgres } from '../embedded-postgres.ts';

const { pid, adopted } = await openEmbeddedPostgres({
  dataDir: process.argv[2] ?? '',
  logger: createLogger({ name: 'test', level: 'silent' }),
  durable: false,
});
process.send?.({ pid, adopted });
process.on('disconnect', () => process.exit());
