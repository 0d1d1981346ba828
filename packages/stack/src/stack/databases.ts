import type { Logger } from '@federated-media/subgraph-kit/logger';
import { openEmbeddedPostgres, type EmbeddedPostgres } from '../embedded-postgres.ts';
import { migrate } from '../migrations.ts';
import { messageOf } from '@federated-media/subgraph-kit/error-code';
import { databaseName, prismaFolderOf, settingName } from '../subgraphs.ts';
import type { Environment } from './plan.ts';

export interface Databases {
  /** The embedded server; `null` when every database is given by its URL. */
  readonly postgres: EmbeddedPostgres | null;
  readonly urls: ReadonlyMap<string, string>;
}

/** Finds each subgraph's database: where its setting says, or on the embedded server. */
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

/** Throws with the subgraph's name when its database can't be reached or a migration fails. */
export async function migrateAll(urls: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const applied: string[] = [];
  for (const [name, url] of urls) {
    try {
      const names = await migrate({ url, folder: prismaFolderOf(name) });
      applied.push(...names.map((migration) => `${name}/${migration}`));
    } catch (cause) {
      throw new Error(`The database of ${name} cannot be migrated: ${messageOf(cause)}`, { cause });
    }
  }
  return applied;
}
