import { createLogger } from '@federated-media/subgraph-kit/logger';
import type { TestProject } from 'vitest/node';
import { destroyEmbeddedPostgres, openEmbeddedPostgres } from '../embedded-postgres.ts';
import { folderOfThisProcess, removeLeftovers } from './temporary-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A database of the PostgreSQL server that all tests of this run share. */
    postgresUrl: string;
  }
}

/** One PostgreSQL for the whole run: the second project adopts the first one's. */
export default async function startPostgres(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const dataDir = await folderOfThisProcess();
  const logger = createLogger({ name: 'test-postgres', level: 'warn' });
  const postgres = await openEmbeddedPostgres({ dataDir, logger, durable: false });
  project.provide('postgresUrl', postgres.url('postgres'));
  return () => destroyEmbeddedPostgres(dataDir);
}
