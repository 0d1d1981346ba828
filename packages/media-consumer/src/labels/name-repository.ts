import pg from 'pg';

/** The table of entities, and its column with what people call an entity. */
export interface NameColumn {
  readonly owners: string;
  readonly label: string;
}

/** The current names of entities of a store, by id. Without `column` none. */
export type ReadNames = (
  storeId: string,
  ids: readonly string[],
) => Promise<ReadonlyMap<string, string>>;

export function createNameRepository(pool: pg.Pool, column: NameColumn | null): ReadNames {
  if (!column) return () => Promise.resolve(new Map());
  const [table, name] = [column.owners, column.label].map((part) => pg.escapeIdentifier(part));
  const statement = `
    SELECT id, ${name} AS name FROM ${table}
    WHERE store_id = $1 AND id = ANY($2::uuid[]) AND ${name} IS NOT NULL`;
  return async (storeId, ids) => {
    const values = [storeId, [...new Set(ids)]];
    const { rows } = await pool.query<{ id: string; name: string }>(statement, values);
    return new Map(rows.map((row) => [row.id, row.name]));
  };
}
