import type { Logger } from '@federated-media/subgraph-kit/logger';
import { openEmbeddedPostgres, type EmbeddedPostgres } from '../embedded-postgres.ts';
import { isMigrated } from '@federated-media/migrations/is-migrated';
import { messageOf } from '@federated-media/subgraph-kit/error-code';
import { SettingsError } from '@federated-media/subgraph-kit/settings';
import { databaseName, prismaFolderOf, settingName } from '../subgraphs.ts';
import type { Environment } from './plan.ts';

export interface Databases {
  /** The embedded server; null when all databases are set by their URL. */
  readonly postgres: EmbeddedPostgres | null;
  readonly urls: ReadonlyMap<string, string>;
  /** The same databases, past a pooler. */
  readonly directUrls: ReadonlyMap<string, string>;
}

/**
 * Finds the database of each subgraph: that of its setting, or one on the embedded server.
 * @throws SettingsError when a database is reached through a pooler in transaction mode only
 */
export async function openDatabases(
  subgraphs: readonly string[],
  options: {
    env: Environment;
    dataDir: string;
    logger: Logger;
    durable: boolean;
    report: (line: string) => void;
  },
): Promise<Databases> {
  const { env } = options;
  const given = new Map(subgraphs.map((name) => [name, env[settingName(name, 'DATABASE_URL')]]));
  const direct = new Map(
    subgraphs.map((name) => [name, env[settingName(name, 'DATABASE_DIRECT_URL')]]),
  );
  if (env['DATABASE_POOLER'] === 'transaction') checkDirect(given, direct);
  const needsServer = [...given.values()].some((url) => url === undefined);
  if (needsServer) options.report('starting PostgreSQL');
  const postgres = needsServer ? await openEmbeddedPostgres(options) : null;
  const urls = new Map(
    [...given].map(([name, url]) => [name, url ?? postgres?.url(databaseName(name)) ?? '']),
  );
  const directUrls = new Map([...urls].map(([name, url]) => [name, direct.get(name) ?? url]));
  return { postgres, urls, directUrls };
}

type GivenUrls = ReadonlyMap<string, string | undefined>;

/** Migrations need a session, and so do notifications, locks and jobs. */
function checkDirect(given: GivenUrls, direct: GivenUrls): void {
  const missing = [...given.keys()].filter((name) => !given.get(name) || !direct.get(name));
  if (missing.length === 0) return;
  throw new SettingsError(
    missing.map((name) => {
      const [url, directUrl] = [
        settingName(name, 'DATABASE_URL'),
        settingName(name, 'DATABASE_DIRECT_URL'),
      ];
      return `${url}, ${directUrl}: must be set with DATABASE_POOLER=transaction, to the URLs of the pooler and of the database itself`;
    }),
  );
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
        const { migrate } = await import('@federated-media/migrations/migrate');
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
