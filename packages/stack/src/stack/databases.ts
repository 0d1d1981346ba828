import type { Logger } from '@federated-media/subgraph-kit/logger';
import { openEmbeddedPostgres, type EmbeddedPostgres } from '../embedded-postgres.ts';
import { isMigrated } from '../migrations/is-migrated.ts';
import { messageOf } from '@federated-media/subgraph-kit/error-code';
import { databaseName, prismaFolderOf, settingName } from '../subgraphs.ts';
import type { Environment } from './plan.ts';

export interface Databases {
  /** The embedded server; null when all databases are set by their URL. */
  readonly postgres: EmbeddedPostgres | null;
  readonly urls: ReadonlyMap<string, string>;
}

/** Finds the database of each subgraph: that of its setting, or one on the embedded server. */
export async function openDatabases(
  subgraphs: readonly string[],
  options: { env: Environment; dataDir: string; logger: Logger; durable: boolean },
): Promise<Databases> {
  const given = new Map(
    subgraphs.map((name) => [name, options.env[settingName(name, 'DATABASE_URL')]]),
  );
  const needsServer = [...given.values()].some((url) => url === undefined);
  const postgres = needsServer ? await openEmbeddedPostgres(options) : null;
  const urls = new Map(
    [...given].map(([name, url]) => [name, url ?? postgres?.url(databaseName(name)) ?? '']),
  );
  return { postgres, urls };
}

/**
 * Applies pending migrations and returns their names. Throws with the name of the subgraph when its database is not
 * available or a migration fails.
 */
export async function migrateAll(urls: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const applied = await Promise.all(
    [...urls].map(async ([name, url]) => {
      try {
        const target = { url, folder: prismaFolderOf(name) };
        if (await isMigrated(target)) return [];
        const { migrate } = await import('../migrations.ts');
        const names = await migrate(target);
        return names.map((migration) => `${name}/${migration}`);
      } catch (cause) {
        const reason = messageOf(cause);
        throw new Error(`The database of ${name} cannot be migrated: ${reason}`, { cause });
      }
    }),
  );
  return applied.flat();
}
