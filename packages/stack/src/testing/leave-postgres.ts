// A process that starts PostgreSQL in a temporary folder and waits until it is killed.
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { openEmbeddedPostgres } from '../embedded-postgres.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = await temporaryFolder();
const logger = createLogger({ name: 'test', level: 'silent' });
const { pid } = await openEmbeddedPostgres({ dataDir: folder, logger, durable: false });
process.send?.({ folder, pid });
process.on('disconnect', () => process.exit());
