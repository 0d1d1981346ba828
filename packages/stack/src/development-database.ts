import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { openEmbeddedPostgres } from './embedded-postgres.ts';
import { acquireLock, LockedError, type Lock } from './lock-file.ts';
import { databaseName, settingName } from './subgraphs.ts';

interface Options {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataDir: string;
}

/**
 * Runs `work` with the URL of a subgraph's database: the one its setting names, else the embedded one,
 * whose server is started when it does not run, and then stopped again.
 */
export async function withDevelopmentDatabase<Result>(
  subgraph: string,
  { env, dataDir }: Options,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  const given = env[settingName(subgraph, 'DATABASE_URL')];
  if (given) return work(given);

  const logger = createLogger({ name: 'db', level: env['LOG_LEVEL'] ?? 'warn' });
  await mkdir(dataDir, { recursive: true });
  const lock = await lockUnlessStackRuns(dataDir);
  try {
    const postgres = await openEmbeddedPostgres({ dataDir, logger });
    try {
      return await work(postgres.url(databaseName(subgraph)));
    } finally {
      if (lock) await postgres.stop();
    }
  } finally {
    await lock?.release();
  }
}

/** A running stack's server is used beside it and left alone; while ours runs, no stack starts. */
async function lockUnlessStackRuns(dataDir: string): Promise<Lock | null> {
  try {
    return await acquireLock(join(dataDir, 'stack.lock'));
  } catch (error) {
    if (error instanceof LockedError) return null;
    throw error;
  }
}
