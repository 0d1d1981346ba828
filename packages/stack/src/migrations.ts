import { ensureDatabase, databaseOf, dropDatabase, withScratchDatabase } from './databases.ts';
import { describeStructure, indexesBeyondPrisma } from './migrations/catalog.ts';
import { applying } from './migrations/apply.ts';
import { noFilters, withEngine } from './migrations/engine.ts';
import { readPrismaFolder, type PrismaFolder } from './migrations/folder.ts';
import { withoutDropsOf } from './migrations/script.ts';

/** One subgraph's database and its folder `prisma/<subgraph>`. */
export interface Target {
  readonly url: string;
  readonly folder: string;
}

export interface MigrationStatus {
  readonly pending: readonly string[];
  /** Applied to the database, but not in the folder. */
  readonly unknown: readonly string[];
  /** Changed in the folder after they were applied. */
  readonly edited: readonly string[];
  /** Stopped half way; `reset`, or mend the database by hand. */
  readonly failed: readonly string[];
  /** Where the database is not what its migrations make: `+` has it besides, `-` lacks it. */
  readonly drift: readonly string[];
}

/**
 * Applies what is pending, each migration in one transaction, and answers with the names. Makes the
 * database when there is none. Several processes may call it at once. What failed was rolled back, so it
 * can be mended and run again. Throws with the migration's name and PostgreSQL's reason.
 */
export async function migrate({ url, folder }: Target): Promise<readonly string[]> {
  const prisma = await readPrismaFolder(folder);
  await ensureDatabase(url);
  return withEngine({ url, folder: prisma }, applying(prisma));
}

/**
 * The SQL that leads from what the migrations make to what schema.prisma says; `null` when they agree.
 * Indexes that Prisma's schema can't express live in migrations only and are no difference.
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

/** Empties the database and applies every migration. Refuses where NODE_ENV is production. */
export async function reset({ url, folder }: Target): Promise<readonly string[]> {
  if (process.env['NODE_ENV'] === 'production') {
    throw new Error(
      `The database ${databaseOf(url)} was not reset because NODE_ENV is production.`,
    );
  }
  await dropDatabase(url);
  return migrate({ url, folder });
}

/** Everything the migrations make is compared, with what Prisma's schema has no words for. */
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
