import type { KeysetPosition } from '@federated-media/subgraph-kit/keyset-cursor';
import type { PageRequest } from '@federated-media/subgraph-kit/pagination';

/** A field of an association's own. */
export interface UseColumn {
  readonly property: string;
  readonly column: string;
  /** PostgreSQL's. */
  readonly type: string;
}

/**
 * Where a consumer keeps entities and their uses of files, as SQL that it vouches for. The entities' table
 * has `id`, `store_id`, `created_at`, `updated_at` and `columns`; that of the associations what
 * prisma/tables.sql asks for, `display_order` and `useColumns`.
 */
export interface OwnerTables {
  readonly owners: string;
  readonly columns: readonly string[];
  readonly associations: string;
  /** The association's column that names the entity. */
  readonly ownerId: string;
  readonly useColumns: readonly UseColumn[];
  /** The order that uses are read in. */
  readonly sorted: string;
  /** What else than the entity uses are numbered within. */
  readonly numberedWithin?: string;
}

export interface OwnerPage extends Pick<PageRequest, 'direction'> {
  readonly limit: number;
  /** Where it begins: behind this entity, in the direction of reading. */
  readonly from: KeysetPosition | null;
}

const ORDER = {
  forward: 'created_at DESC, id DESC',
  backward: 'created_at ASC, id ASC',
} as const;
const OWN: readonly UseColumn[] = [
  { property: 'id', column: 'id', type: 'uuid' },
  { property: 'mediaId', column: 'media_id', type: 'uuid' },
];
const DISPLAY_ORDER = { property: 'displayOrder', column: 'display_order', type: 'int' };

export function createStatements(tables: OwnerTables) {
  const { owners, columns, associations, ownerId, useColumns, sorted } = tables;
  const written = [...OWN, DISPLAY_ORDER, ...useColumns];
  const within = [ownerId, ...(tables.numberedWithin ? [tables.numberedWithin] : [])].join(', ');

  /**
   * Entities with their uses, in one statement: the rows of `owners` that `condition` names, newest first
   * or, read backward, oldest first. LATERAL, because it reads uses of these only.
   */
  const select = (
    condition: string,
    {
      direction = 'forward',
      limit = 'ALL',
    }: { direction?: keyof typeof ORDER; limit?: string } = {},
  ): string => `
    SELECT o.id, o.store_id AS "storeId", ${columns.map((column) => `o.${column}`).join(', ')},
      o.created_at AS "createdAt", o.updated_at AS "updatedAt", uses.list AS uses
    FROM (SELECT * FROM ${owners} WHERE ${condition} ORDER BY ${ORDER[direction]} LIMIT ${limit}) o
    CROSS JOIN LATERAL (
      SELECT coalesce(json_agg(u), '[]') AS list
      FROM (
        SELECT ${written.map(({ column, property }) => `m.${column} AS "${property}"`).join(', ')},
          coalesce(s.state <> 'ACTIVE', false) AS "isHidden"
        FROM ${associations} m
        LEFT JOIN media_states s ON s.store_id = m.store_id AND s.media_id = m.media_id
        WHERE m.${ownerId} = o.id ORDER BY ${sorted}
      ) u
    ) uses
    ORDER BY ${ORDER[direction]}`;

  /** The uses in parameter 3, as JSON. */
  const given = `jsonb_to_recordset($3::jsonb) AS g (${written.map(({ property, type }) => `"${property}" ${type}`).join(', ')})`;
  const byIds = select('store_id = $1 AND id = ANY($2::uuid[])');

  return {
    select,
    byIds,
    byUseIds: select(`store_id = $1 AND id IN (
      SELECT ${ownerId} FROM ${associations} WHERE store_id = $1 AND id = ANY($2::uuid[]))`),
    /** Of parameters 1, the store, and 2, the limit; and 3 and 4, where it begins, unless at the beginning. */
    page({ direction, from }: Pick<OwnerPage, 'direction' | 'from'>): string {
      const beyond = direction === 'forward' ? '<' : '>';
      const condition = from ? ` AND (created_at, id) ${beyond} ($3::timestamptz, $4::uuid)` : '';
      return select(`store_id = $1${condition}`, { direction, limit: '$2' });
    },
    count: `SELECT count(*)::int AS count FROM ${owners} WHERE store_id = $1`,
    lock: `SELECT FROM ${owners} WHERE store_id = $1 AND id = $2 FOR NO KEY UPDATE`,

    remove: `DELETE FROM ${associations} WHERE store_id = $1 AND ${ownerId} = $2 AND id = ANY($3::uuid[])`,
    update: `
      UPDATE ${associations} AS m
      SET ${[DISPLAY_ORDER, ...useColumns].map(({ column, property }) => `${column} = g."${property}"`).join(', ')}
      FROM ${given} WHERE m.store_id = $1 AND m.${ownerId} = $2 AND m.id = g.id`,
    insert: `
      INSERT INTO ${associations} (store_id, ${ownerId}, ${written.map(({ column }) => column).join(', ')})
      SELECT $1, $2::uuid, g.* FROM ${given}`,

    /** Of files in parameters 1 and 2. In the order of ids, so that two who lock several never wait for each other. */
    lockUsersOf: `
      SELECT id FROM ${owners} WHERE id IN (
        SELECT m.${ownerId} FROM ${associations} m
        JOIN unnest($1::text[], $2::uuid[]) AS gone (store_id, media_id) USING (store_id, media_id)
      )
      ORDER BY id FOR NO KEY UPDATE`,
    removeUsesOf: `
      DELETE FROM ${associations} AS m USING unnest($1::text[], $2::uuid[]) AS gone (store_id, media_id)
      WHERE m.store_id = gone.store_id AND m.media_id = gone.media_id`,
    closeGaps: `
      UPDATE ${associations} AS m SET display_order = n.place
      FROM (
        SELECT id, row_number() OVER (PARTITION BY ${within} ORDER BY display_order) - 1 AS place
        FROM ${associations} WHERE ${ownerId} = ANY($1::uuid[])
      ) AS n
      WHERE m.id = n.id AND m.display_order <> n.place`,
  };
}
