import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { readIfExists } from '@federated-media/subgraph-kit/files';

/**
 * `prisma/<subgraph>` in the standard layout of Prisma: schema.prisma and other *.prisma files, and
 * migrations/<name>/migration.sql.
 */
export interface PrismaFolder {
  readonly schemas: { readonly path: string; readonly content: string }[];
  readonly migrations: MigrationList;
  readonly migrationNames: readonly string[];
}

export async function readPrismaFolder(folder: string): Promise<PrismaFolder> {
  const baseDir = join(folder, 'migrations');
  const migrationNames = await readMigrationNames(folder);
  return {
    schemas: await readSchemas(folder),
    migrationNames,
    migrations: {
      baseDir,
      lockfile: {
        path: 'migration_lock.toml',
        content: await readIfExists(join(baseDir, 'migration_lock.toml')),
      },
      shadowDbInitScript: '',
      migrationDirectories: await Promise.all(
        migrationNames.map(async (name) => ({
          path: name,
          migrationFile: {
            path: 'migration.sql',
            content: {
              tag: 'ok',
              value: await readFile(join(baseDir, name, 'migration.sql'), 'utf8'),
            } as const,
          },
        })),
      ),
    },
  };
}

/** Writes migrations/<UTC timestamp>_<name>/migration.sql and returns its path. Throws for an invalid `name`. */
export async function addMigration(folder: string, name: string, sql: string): Promise<string> {
  if (!/^\w+$/.test(name)) {
    throw new Error(`Invalid migration name "${name}". Use letters, digits and underscores.`);
  }
  const timestamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const directory = join(folder, 'migrations', `${timestamp}_${name}`);
  await mkdir(directory, { recursive: true });
  const path = join(directory, 'migration.sql');
  await writeFile(path, sql, { flag: 'wx' });
  return path;
}

async function readSchemas(folder: string) {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.prisma')).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      return { path, content: await readFile(path, 'utf8') };
    }),
  );
}

/** The names of the migrations of `prisma/<subgraph>`, in their order. */
export async function readMigrationNames(folder: string): Promise<string[]> {
  const entries = await readdir(join(folder, 'migrations'), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}
