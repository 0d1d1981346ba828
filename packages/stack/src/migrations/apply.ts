import { messageOf } from '@federated-media/subgraph-kit/error-code';
import { noFilters, type SchemaEngine } from './engine.ts';
import type { PrismaFolder } from './folder.ts';

/**
 * Applies what is pending and answers with the names. A migration that fails leaves no trace, so that it
 * can be mended and run again, unless it commits by itself. Throws with its name and PostgreSQL's reason.
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
      throw new Error(await settle(cause, { engine, migrations, reason: scriptError() }), {
        cause,
      });
    }
  };
}

/** Undoes the failure where that can be done, and says what it was. */
async function settle(cause: unknown, { engine, migrations, reason }: Failure): Promise<string> {
  const failed = reason && (await findFailed(engine, migrations));
  if (!failed) return withoutTrace(cause);
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

/** The engine adds where in its own sources it was. */
function withoutTrace(error: unknown): string {
  const [text = ''] = messageOf(error).split(/\n +0: /);
  return text.trim();
}
