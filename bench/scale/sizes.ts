import type pg from 'pg';
import { printTable } from '../table.ts';

/** Tables with their rows and the indexes on them, in bytes. */
const SIZES = `
  SELECT t.relname AS "table", i.relname AS index, t.reltuples::bigint::float8 AS rows,
    coalesce(pg_relation_size(i.oid), pg_table_size(t.oid))::float8 AS bytes
  FROM pg_class t
  LEFT JOIN LATERAL (
    SELECT i.oid, i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = t.oid
    UNION ALL SELECT NULL, NULL
  ) i ON true
  WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace AND t.reltuples > 100000
  ORDER BY t.relname, i.relname NULLS FIRST`;

/** The size of each table and index, and what a million rows need. */
export async function printSizes(database: pg.Pool) {
  const { rows } = await database.query<{
    table: string;
    index: string | null;
    rows: number;
    bytes: number;
  }>(SIZES);
  printTable('Sizes', [
    ['table', 'index', 'rows', 'size', 'per million rows'],
    ...rows.map(({ table, index, rows: count, bytes }) => [
      index === null ? table : '',
      index ?? '',
      index === null ? `${(count / 1e6).toFixed(2)} M` : '',
      `${(bytes / 1e6).toFixed(0)} MB`,
      `${(bytes / count).toFixed(0)} MB`,
    ]),
  ]);
}
