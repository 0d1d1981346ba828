import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { prismaFolderOf } from '../subgraphs.ts';

/** Applies a migration again, to rows that a test has written as code before the migration wrote them. */
export async function repeatMigration(
  pool: pg.Pool,
  { subgraph, name }: { subgraph: string; name: string },
): Promise<void> {
  const path = join(prismaFolderOf(subgraph), 'migrations', name, 'migration.sql');
  await pool.query(await readFile(path, 'utf8'));
}
