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
 * Runs `work` with the database URL of a subgraph: the one of its setting (past a pooler), or that of the embedded server, which is
 * started for it if it is not running.
 */
export async function withDevelopmentDatabase<Result>(
  subgraph: string,
  { env, dataDir }: Options,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  const given =
    env[settingName(subgraph, 'DATABASE_DIRECT_URL')] ?? env[settingName(subgraph, 'DATABASE_URL')];
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

/** Uses the server of a running stack, if there is one. Otherwise the lock prevents that a stack starts meanwhile. */
async function lockUnlessStackRuns(dataDir: string): Promise<Lock | null> {
  try {
    return await acquireLock(join(dataDir, 'stack.lock'));
  } catch (error) {
    if (error instanceof LockedError) return null;
    throw error;
  }
}
