import { SQLSTATE } from '@federated-media/subgraph-kit/database-error';
import { hasCode } from '@federated-media/subgraph-kit/error-code';
import { withClient } from '../databases.ts';
import { readMigrationNames } from './folder.ts';

/**
 * Whether every migration of `folder` was applied to the database, according to the record of Prisma. One query is
 * enough for that; the engine, which applies migrations, needs half a second to load. False when the database does not
 * exist or a migration failed: the engine reports the reason.
 */
export async function isMigrated({
  url,
  folder,
}: {
  readonly url: string;
  readonly folder: string;
}): Promise<boolean> {
  const [names, recorded] = await Promise.all([readMigrationNames(folder), readRecord(url)]);
  const applied = new Set(recorded.filter(({ isApplied }) => isApplied).map(({ name }) => name));
  return recorded.every(({ isFailed }) => !isFailed) && names.every((name) => applied.has(name));
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
