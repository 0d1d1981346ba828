import { ensureDatabase, databaseOf, dropDatabase, withScratchDatabase } from './databases.ts';
import { describeStructure, indexesBeyondPrisma } from './catalog.ts';
import { applying } from './apply.ts';
import { noFilters, withEngine } from './engine.ts';
import { readPrismaFolder, type PrismaFolder } from './folder.ts';
import { withoutDropsOf } from './script.ts';

/** The database of a subgraph and its folder `prisma/<subgraph>`. */
export interface Target {
  readonly url: string;
  readonly folder: string;
}

export interface MigrationStatus {
  readonly pending: readonly string[];
  /** Applied to the database, but missing in the folder. */
  readonly unknown: readonly string[];
  /** Changed in the folder after they were applied. */
  readonly edited: readonly string[];
  /** Only partly applied. Run `reset`, or repair the database by hand. */
  readonly failed: readonly string[];
  /** Differences between the database and its migrations: `+` is additional, `-` is missing. */
  readonly drift: readonly string[];
}

/**
 * Applies pending migrations, each in one transaction, and returns their names. Creates the database if it does not
 * exist. Several processes may call it at the same time. A failed migration is rolled back, so that it can be fixed
 * and run again. Throws with the name of the migration and the reason of PostgreSQL.
 */
export async function migrate({ url, folder }: Target): Promise<readonly string[]> {
  const prisma = await readPrismaFolder(folder);
  await ensureDatabase(url);
  return withEngine({ url, folder: prisma }, applying(prisma));
}

/**
 * Returns the SQL from the result of the migrations to schema.prisma; null when they match. Indexes that Prisma
 * cannot express exist only in migrations and are ignored.
 */
export async function diff({ url, folder }: Target): Promise<string | null> {
  const prisma = await readPrismaFolder(folder);
  return withScratchDatabase(url, async (scratchUrl) => {
    await withEngine({ url: scratchUrl, folder: prisma }, applying(prisma));
    const kept = await indexesBeyondPrisma(scratchUrl);
    return withEngine({ url: scratchUrl, folder: prisma }, async (engine) => {
      const files = prisma.schemas;
      const { stdout } = await engine.diff({
        from: { tag: 'schemaDatasource', files, configDir: folder },
        to: { tag: 'schemaDatamodel', files },
        script: true,
        exitCode: null,
        filters: noFilters,
      });
      return withoutDropsOf(kept, stdout ?? '');
    });
  });
}

export async function status({ url, folder }: Target): Promise<MigrationStatus> {
  const prisma = await readPrismaFolder(folder);
  await ensureDatabase(url);
  const diagnosis = await withEngine({ url, folder: prisma }, (engine) =>
    engine.diagnoseMigrationHistory({
      migrationsList: prisma.migrations,
      optInToShadowDatabase: false,
      filters: noFilters,
    }),
  );
  const { history } = diagnosis;
  const pending =
    history && 'unappliedMigrationNames' in history ? history.unappliedMigrationNames : [];
  const unknown =
    history && 'unpersistedMigrationNames' in history ? history.unpersistedMigrationNames : [];
  const isComparable = pending.length + unknown.length === 0;
  return {
    pending,
    unknown,
    edited: diagnosis.editedMigrationNames,
    failed: diagnosis.failedMigrationNames,
    drift: isComparable ? await driftOf(url, prisma) : [],
  };
}

/** Recreates the database and applies every migration. Throws when NODE_ENV is production. */
export async function reset({ url, folder }: Target): Promise<readonly string[]> {
  if (process.env['NODE_ENV'] === 'production') {
    throw new Error(
      `The database ${databaseOf(url)} was not reset because NODE_ENV is production.`,
    );
  }
  await dropDatabase(url);
  return migrate({ url, folder });
}

/** Compares everything that the migrations create, including what Prisma cannot express. */
async function driftOf(url: string, prisma: PrismaFolder): Promise<string[]> {
  const actual = await describeStructure(url);
  const expected = await withScratchDatabase(url, async (scratchUrl) => {
    await withEngine({ url: scratchUrl, folder: prisma }, applying(prisma));
    return describeStructure(scratchUrl);
  });
  const missing = [...expected].filter((line) => !actual.has(line)).map((line) => `- ${line}`);
  const extra = [...actual].filter((line) => !expected.has(line)).map((line) => `+ ${line}`);
  return [...missing, ...extra];
}
