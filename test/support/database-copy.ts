import { randomUUID } from 'node:crypto';
import { dropDatabase, withClient, withDatabase } from '@federated-media/migrations/databases';
import { migrate } from '@federated-media/migrations/migrate';
import { prismaFolderOf } from '@federated-media/stack/subgraphs';
import { inject } from 'vitest';

const TABLES = `
  SELECT relname AS name FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> '_prisma_migrations'`;
const SEQUENCES = `
  SELECT sequencename AS name, last_value::text AS value FROM pg_sequences WHERE schemaname = 'public'`;

/** The rows of a database at one moment. */
export interface DatabaseCopy {
  readonly subgraph: string;
  readonly tables: ReadonlyMap<string, string>;
  readonly sequences: readonly { readonly name: string; readonly value: string | null }[];
}

/**
 * Reads a database in one snapshot, as pg_dump does. The pg_dump of a distribution may be older than the embedded server,
 * and then refuses to read it.
 */
export const copyDatabase = (subgraph: string, url: string): Promise<DatabaseCopy> =>
  withClient(url, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows } = await client.query<{ name: string }>(TABLES);
    const tables = new Map<string, string>();
    for (const { name } of rows) {
      const read = await client.query<{ rows: string }>(
        `SELECT coalesce(json_agg(t), '[]')::text AS rows FROM "${name}" AS t`,
      );
      tables.set(name, read.rows[0]?.rows ?? '[]');
    }
    const sequences = await client.query<{ name: string; value: string | null }>(SEQUENCES);
    await client.query('COMMIT');
    return { subgraph, tables, sequences: sequences.rows };
  });

/** Writes a copy to a new database on another server, without running triggers. */
export async function restoreDatabase({ subgraph, tables, sequences }: DatabaseCopy) {
  const name = `restored_${randomUUID().replaceAll('-', '')}`;
  const url = withDatabase(inject('postgresUrl'), name);
  await migrate({ url, folder: prismaFolderOf(subgraph) });
  await withClient(url, async (client) => {
    await client.query('BEGIN; SET LOCAL session_replication_role = replica');
    for (const [table, rows] of tables) {
      await client.query(`DELETE FROM "${table}"`);
      const insert = `INSERT INTO "${table}" SELECT * FROM json_populate_recordset(null::"${table}", $1)`;
      await client.query(insert, [rows]);
    }
    for (const { name: sequence, value } of sequences) {
      if (value !== null) await client.query('SELECT setval($1::regclass, $2)', [sequence, value]);
    }
    await client.query('COMMIT');
  });
  return { url, drop: () => dropDatabase(url) };
}
