import { messageOf } from '@federated-media/subgraph-kit/error-code';
import { noFilters, type SchemaEngine } from './engine.ts';
import type { PrismaFolder } from './folder.ts';

/**
 * Returns a function that applies pending migrations and returns their names. A failed migration leaves no trace, so
 * that it can be fixed and run again, unless it contains COMMIT. Throws with its name and the reason of PostgreSQL.
 */
export function applying({ migrations }: PrismaFolder) {
  return async (
    engine: SchemaEngine,
    scriptError: () => Error | undefined,
  ): Promise<readonly string[]> => {
    try {
      const done = await engine.applyMigrations({ migrationsList: migrations, filters: noFilters });
      return done.appliedMigrationNames;
    } catch (cause) {
      throw new Error(await describeFailure(cause, { engine, migrations, reason: scriptError() }), {
        cause,
      });
    }
  };
}

/** Marks the failed migration as rolled back if possible, and returns the error message. */
async function describeFailure(
  cause: unknown,
  { engine, migrations, reason }: Failure,
): Promise<string> {
  const failed = reason && (await findFailed(engine, migrations));
  if (!failed) return withoutStackTrace(cause);
  if (!/\bCOMMIT\b/i.test(failed.sql)) {
    await engine.markMigrationRolledBack({ migrationName: failed.name });
  }
  return `${failed.name}: ${reason.message}`;
}

interface Failure {
  readonly engine: SchemaEngine;
  readonly migrations: PrismaFolder['migrations'];
  readonly reason: Error | undefined;
}

async function findFailed(engine: SchemaEngine, migrationsList: PrismaFolder['migrations']) {
  const { failedMigrationNames } = await engine.diagnoseMigrationHistory({
    migrationsList,
    optInToShadowDatabase: false,
    filters: noFilters,
  });
  return migrationsList.migrationDirectories
    .filter(({ path }) => failedMigrationNames.includes(path))
    .map(({ path: name, migrationFile: { content } }) => ({ name, sql: content.value }))
    .at(0);
}

/** The engine appends a stack trace of its sources. */
function withoutStackTrace(error: unknown): string {
  const [text = ''] = messageOf(error).split(/\n +0: /);
  return text.trim();
}
