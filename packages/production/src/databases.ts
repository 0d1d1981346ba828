import { compareMigrations } from '@federated-media/migrations/is-migrated';
import { migrate } from '@federated-media/migrations/migrate';
import { messageOf } from '@federated-media/subgraph-kit/error-code';
import type { Environment } from '@federated-media/subgraph-kit/module';
import { type KnownModule, settingOf } from './modules.ts';
import { Problem } from './problem.ts';

/** The end of the name of a migration that older versions cannot run with. They refuse to start then. */
const BREAKING = /_breaking$/;

/** Its database, past a pooler; undefined if it is not set. */
const databaseOf = (name: string, env: Environment): string | undefined =>
  env[settingOf(name, 'DATABASE_DIRECT_URL')] || env[settingOf(name, 'DATABASE_URL')];

/**
 * Compares the database of a module with the migrations of this version, before the module starts. Returns newer
 * migrations, which this version can run with.
 * @throws Problem when the database lacks migrations, has those of an incompatible version, or cannot be reached
 */
export async function checkDatabase(
  { name, prismaFolder }: KnownModule,
  env: Environment,
): Promise<readonly string[]> {
  const url = databaseOf(name, env);
  // The module reports a missing setting together with its other ones.
  if (prismaFolder === null || url === undefined || !URL.canParse(url)) return [];
  const { pending, failed, unknown } = await differenceOf(name, { url, folder: prismaFolder });
  if (failed.length > 0) {
    throw new Problem(
      `The migration ${failed[0]} of ${name} failed and was applied only in part. Repair the database by hand.`,
    );
  }
  if (pending.length > 0) {
    throw new Problem(
      `The database of ${name} lacks ${pending.length} migrations, from ${pending[0]} on. Run \`migrate\` first.`,
    );
  }
  const breaking = unknown.find((migration) => BREAKING.test(migration));
  if (breaking === undefined) return unknown;
  throw new Problem(
    `The database of ${name} has the migration ${breaking}, which this older version cannot run with. Start a newer version.`,
  );
}

async function differenceOf(name: string, target: { url: string; folder: string }) {
  try {
    return await compareMigrations(target);
  } catch (cause) {
    const reason = messageOf(cause);
    throw new Problem(`The database of ${name} cannot be reached: ${reason}`, { cause });
  }
}

/**
 * Applies the pending migrations of these modules, one database after the other. Several processes may do it at the
 * same time.
 * @throws Problem for the first that fails. Earlier ones remain applied
 */
export async function migrateDatabases(
  modules: readonly KnownModule[],
  { env, print }: { env: Environment; print: (line: string) => void },
): Promise<void> {
  const missing = modules.filter(({ name }) => !databaseOf(name, env));
  if (missing.length > 0) {
    const names = missing.map(({ name }) => settingOf(name, 'DATABASE_URL')).join(', ');
    throw new Problem(`Nothing was migrated. Not set: ${names}.`);
  }
  for (const { name, prismaFolder: folder } of modules) {
    const url = databaseOf(name, env);
    if (folder === null || url === undefined) continue;
    try {
      const applied = await migrate({ url, folder });
      print(
        `${name}: ${applied.length === 0 ? 'nothing to apply' : `applied ${applied.join(', ')}`}`,
      );
    } catch (cause) {
      throw new Problem(`The database of ${name} cannot be migrated: ${messageOf(cause)}`, {
        cause,
      });
    }
  }
}
