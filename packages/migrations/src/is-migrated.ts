import { SQLSTATE } from '@federated-media/subgraph-kit/database-error';
import { hasCode } from '@federated-media/subgraph-kit/error-code';
import { withClient } from './databases.ts';
import { readMigrationNames } from './folder.ts';

/** A database and its folder, compared by name. All are empty if the folder was applied completely, and nothing else. */
export interface MigrationDifference {
  /** In the folder, but not applied. All if the database does not exist. */
  readonly pending: readonly string[];
  /** Applied only in part. */
  readonly failed: readonly string[];
  /** Applied, but not in the folder: by a newer version. */
  readonly unknown: readonly string[];
}

/**
 * Compares the migrations of `folder` with the record of Prisma in the database. One query is enough for that; the
 * engine, which applies migrations, needs half a second to load.
 */
export async function compareMigrations({ url, folder }: Target): Promise<MigrationDifference> {
  const [names, recorded] = await Promise.all([readMigrationNames(folder), readRecord(url)]);
  const applied = new Set(recorded.filter(({ isApplied }) => isApplied).map(({ name }) => name));
  return {
    pending: names.filter((name) => !applied.has(name)),
    failed: recorded.filter(({ isFailed }) => isFailed).map(({ name }) => name),
    unknown: [...applied].filter((name) => !names.includes(name)),
  };
}

/** False when the database does not exist or a migration failed: the engine reports the reason. */
export async function isMigrated(target: Target): Promise<boolean> {
  const { pending, failed } = await compareMigrations(target);
  return pending.length + failed.length === 0;
}

interface Target {
  readonly url: string;
  readonly folder: string;
}

interface Recorded {
  readonly name: string;
  readonly isApplied: boolean;
  readonly isFailed: boolean;
}

async function readRecord(url: string): Promise<readonly Recorded[]> {
  try {
    return await withClient(url, async (client) => {
      const { rows } = await client.query<Recorded>(
        `SELECT migration_name AS name, rolled_back_at IS NULL AND finished_at IS NOT NULL AS "isApplied",
           rolled_back_at IS NULL AND finished_at IS NULL AS "isFailed" FROM _prisma_migrations`,
      );
      return rows;
    });
  } catch (error) {
    if (hasCode(error, SQLSTATE.invalidCatalogName, SQLSTATE.undefinedTable)) return [];
    throw error;
  }
}
