import { randomInt } from 'node:crypto';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import type { TestProject } from 'vitest/node';
import { destroyEmbeddedPostgres, openEmbeddedPostgres } from '../embedded-postgres.ts';
import { folderOfThisProcess, removeLeftovers } from './temporary-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A database of the PostgreSQL server that all tests of the run share. */
    postgresUrl: string;
    /** Tests of random cases use `seed`; with `isThorough` they run more cases. */
    random: { readonly seed: number; readonly isThorough: boolean };
  }
}

/** One PostgreSQL and one seed for the whole run. */
export default async function setUpRun(project: TestProject): Promise<() => Promise<void>> {
  const seed = Number(process.env['TEST_SEED'] ?? randomInt(2 ** 31));
  project.provide('random', { seed, isThorough: process.env['TEST_THOROUGH'] === '1' });
  process.stdout.write(`Random cases: TEST_SEED=${seed}\n`);

  await removeLeftovers();
  const dataDir = await folderOfThisProcess();
  const logger = createLogger({ name: 'test-postgres', level: 'warn' });
  const postgres = await openEmbeddedPostgres({ dataDir, logger, durable: false });
  project.provide('postgresUrl', postgres.url('postgres'));
  return () => destroyEmbeddedPostgres(dataDir);
}
