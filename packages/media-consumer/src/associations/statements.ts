import type { KeysetPosition } from '@federated-media/subgraph-kit/keyset-cursor';
import type { PageRequest } from '@federated-media/subgraph-kit/pagination';
import { takingIntents } from '../intents.ts';
import type { NameColumn } from '../labels/name-repository.ts';

/** A column of an association that only this consumer has. */
export interface UsageColumn {
  readonly property: string;
  readonly column: string;
  /** The PostgreSQL type. */
  readonly type: string;
}

/**
 * The tables of a consumer, as SQL that the consumer answers for. The entities' table has `id`, `store_id`,
 * `created_at`, `updated_at`, `uses_revision` and `columns`; that of the associations the columns in the
 * README, `display_order` and `usageColumns`.
 */
export interface OwnerTables {
  readonly owners: string;
  readonly columns: readonly string[];
  /** Further properties, as SQL on a row `o` of the entities' table. */
  readonly computed?: readonly ComputedColumn[];
  readonly associations: string;
  /** The association's column with the id of the entity. */
  readonly ownerId: string;
  readonly usageColumns: readonly UsageColumn[];
  /** One of `columns`: what people call an entity. Without it, usages have no label in the CMS's ledger. */
  readonly label?: string;
  /** SQL on the association's columns: its role in the CMS's ledger; `NULL` without roles. */
  readonly role: string;
  /** The order in which usages are read. */
  readonly sorted: string;
  /** A column that usages are numbered within, in addition to the entity. */
  readonly numberedWithin?: string;
}

/** Null when entities have no names in the CMS's ledger. */
export const nameColumnOf = ({ owners, label }: OwnerTables): NameColumn | null =>
  label === undefined ? null : { owners, label };

export interface ComputedColumn {
  readonly property: string;
  readonly sql: string;
}

/**
 * What is read of each entity, so that a page costs no more than what is shown of it. Entities always have their id,
 * store and time of creation, usages their id, file and `isHidden`; other properties that are not named are absent.
 */
export interface Reading {
  /** Properties of the entity: names of `columns`, of `computed`, and `updatedAt`. */
  readonly owner: ReadonlySet<string>;
  /** Properties of its usages. Null: they are not read. */
  readonly usages: ReadonlySet<string> | null;
}

export interface OwnerPage extends Pick<PageRequest, 'direction'> {
  readonly limit: number;
  /** The page begins behind this entity, in the direction of reading. Null: at the beginning. */
  readonly from: KeysetPosition | null;
}

/** Conditions on the entities' table, as SQL. Parameter 1 is the store, `values` are those from 2 on. */
export interface OwnerFilter {
  readonly conditions: readonly string[];
  readonly values: readonly unknown[];
}

const ORDER = {
  forward: 'created_at DESC, id DESC',
  backward: 'created_at ASC, id ASC',
} as const;
const IDS: readonly UsageColumn[] = [
  { property: 'id', column: 'id', type: 'uuid' },
  { property: 'mediaId', column: 'media_id', type: 'uuid' },
];
/** Entities always have it: it is in their cursors. */
const CREATED_AT = `o.created_at AS "createdAt"`;
const CHANGEABLE: readonly UsageColumn[] = [
  { property: 'displayOrder', column: 'display_order', type: 'int' },
  { property: 'claimVersion', column: 'claim_version', type: 'bigint' },
];
const NO_FILTER: OwnerFilter = { conditions: [], values: [] };

const whereOf = (conditions: readonly string[]): string =>
  ['store_id = $1', ...conditions].join(' AND ');

export function createStatements(tables: OwnerTables) {
  const {
    owners,
    columns,
    computed = [],
    associations,
    ownerId,
    usageColumns,
    label,
    role,
    sorted,
  } = tables;
  if (label !== undefined && !columns.includes(label)) {
    throw new TypeError(`The label "${label}" must be one of the columns.`);
  }
  const changeable = [...CHANGEABLE, ...usageColumns];
  const written = [...IDS, ...changeable];
  const within = [ownerId, ...(tables.numberedWithin ? [tables.numberedWithin] : [])].join(', ');

  const detailsOf = (reading: Reading | undefined): string =>
    [
      ...columns.map((column) => ({ property: column, sql: `o.${column}` })),
      ...computed,
      { property: 'updatedAt', sql: 'o.updated_at' },
      { property: 'usagesRevision', sql: 'o.uses_revision' },
    ]
      .filter(({ property }) => !reading || reading.owner.has(property))
      .map(({ property, sql }) => `, ${sql} AS "${property}"`)
      .join('');

  /** The usages of entity `o`, as JSON. */
  const usagesOf = (reading: Reading | undefined): string => {
    if (reading?.usages === null) return `'[]'::json`;
    const read = [
      ...IDS,
      ...changeable.filter(({ property }) => !reading || reading.usages?.has(property)),
    ];
    return `(
      SELECT coalesce(json_agg(u), '[]')
      FROM (
        SELECT ${read.map(({ column, property }) => `m.${column} AS "${property}"`).join(', ')},
          coalesce(s.state <> 'ACTIVE', false) AS "isHidden"
        FROM ${associations} m
        LEFT JOIN media_states s ON s.store_id = m.store_id AND s.media_id = m.media_id
        WHERE m.${ownerId} = o.id ORDER BY ${sorted}
      ) u
    )`;
  };

  /**
   * Entities with their usages, in one statement: the rows of `owners` that match `condition`, newest first
   * or, backward, oldest first. A subquery for each row, because it reads the usages of these rows only.
   */
  const select = (
    condition: string,
    {
      direction = 'forward',
      limit = 'ALL',
      reading,
    }: {
      direction?: keyof typeof ORDER;
      limit?: string;
      reading?: Reading | undefined;
    } = {},
  ): string => `
    SELECT o.id, o.store_id AS "storeId", ${CREATED_AT}${detailsOf(reading)}, ${usagesOf(reading)} AS usages
    FROM (SELECT * FROM ${owners} WHERE ${condition} ORDER BY ${ORDER[direction]} LIMIT ${limit}) o
    ORDER BY ${ORDER[direction]}`;

  /** The usages in parameter 3, as JSON. */
  const given = `jsonb_to_recordset($3::jsonb) AS g (${written.map(({ property, type }) => `"${property}" ${type}`).join(', ')})`;
  const insert = `
    INSERT INTO ${associations} (store_id, ${ownerId}, ${written.map(({ column }) => column).join(', ')})
    SELECT $1, $2::uuid, g.* FROM ${given}`;

  return {
    byIds: (reading?: Reading) => select('store_id = $1 AND id = ANY($2::uuid[])', { reading }),
    byUsageIds: (reading?: Reading) =>
      select(
        `store_id = $1 AND id IN (
        SELECT ${ownerId} FROM ${associations} WHERE store_id = $1 AND id = ANY($2::uuid[]))`,
        { reading },
      ),
    where: ({ conditions, values }: OwnerFilter, reading?: Reading) => ({
      statement: select(whereOf(conditions), { reading }),
      values,
    }),
    /** `values` are its parameters from 2 on. */
    page(
      { direction, from, limit }: OwnerPage,
      filter: OwnerFilter = NO_FILTER,
      reading?: Reading,
    ) {
      const [next, values] = [filter.values.length + 2, [...filter.values, limit]];
      const beyond = direction === 'forward' ? '<' : '>';
      const position = `(created_at, id) ${beyond} ($${next + 1}::timestamptz, $${next + 2}::uuid)`;
      const where = whereOf([...filter.conditions, ...(from ? [position] : [])]);
      return {
        statement: select(where, { direction, limit: `$${next}`, reading }),
        values: from ? [...values, from.createdAt, from.id] : values,
      };
    },
    count: ({ conditions, values }: OwnerFilter = NO_FILTER) => ({
      statement: `SELECT count(*)::int AS count FROM ${owners} WHERE ${whereOf(conditions)}`,
      values,
    }),
    /** A writer that read the entity without a lock sees by its revision that it has changed. */
    lock: `UPDATE ${owners} SET uses_revision = uses_revision + 1 WHERE store_id = $1 AND id = $2`,

    remove: `DELETE FROM ${associations} WHERE store_id = $1 AND ${ownerId} = $2 AND id = ANY($3::uuid[])`,
    update: `
      UPDATE ${associations} AS m
      SET ${changeable.map(({ column, property }) => `${column} = g."${property}"`).join(', ')}
      FROM ${given} WHERE m.store_id = $1 AND m.${ownerId} = $2 AND m.id = g.id`,
    insert,
    /**
     * Locks the intents in parameter 4 before the entity, like all code. Parameter 5 is the revision that was read,
     * parameter 6 the name.
     */
    add: `
      WITH ${takingIntents(
        4,
        `SELECT id FROM ${owners}
        WHERE store_id = $1 AND id = $2 AND uses_revision = $5 AND EXISTS (SELECT FROM held)
          AND $6::text IS NOT DISTINCT FROM ${label ? `${label}::text` : 'NULL'}
        FOR NO KEY UPDATE`,
      )},
      revised AS (
        UPDATE ${owners} SET uses_revision = uses_revision + 1 FROM met WHERE ${owners}.id = met.id
      ),
      added AS (${insert} WHERE EXISTS (SELECT FROM met))
      SELECT EXISTS (SELECT FROM held) AS "isHeld", EXISTS (SELECT FROM met) AS "isWritten"`,
    /** Notifies the CMS of the roles and the name of the usages in parameter 3. */
    claimAgain: `
      INSERT INTO usage_outbox (usage_id, claim_version, kind, store_id, media_id, entity_id, role)
      SELECT id, claim_version, 'CLAIM', store_id, media_id, ${ownerId}::text, (${role})::text
      FROM ${associations} WHERE store_id = $1 AND ${ownerId} = $2 AND id = ANY($3::uuid[])`,

    /** Of files in parameters 1 and 2. In the order of ids, so that transactions that lock several never deadlock. */
    lockUsersOf: `
      UPDATE ${owners} SET uses_revision = uses_revision + 1
      FROM (
        SELECT id FROM ${owners} WHERE id IN (
          SELECT m.${ownerId} FROM ${associations} m
          JOIN unnest($1::text[], $2::uuid[]) AS gone (store_id, media_id) USING (store_id, media_id)
        )
        ORDER BY id FOR NO KEY UPDATE
      ) AS locked
      WHERE ${owners}.id = locked.id
      RETURNING ${owners}.id`,
    removeUsagesOf: `
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
