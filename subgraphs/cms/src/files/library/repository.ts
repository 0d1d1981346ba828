import { MAX_PAGE_SIZE, type PageRequest } from '@federated-media/subgraph-kit/pagination';
import { createStatementNames } from '@federated-media/subgraph-kit/prepared-statements';
import type pg from 'pg';
import type { MediaLibraryOrderField } from '../../generated/graphql.ts';
import { selectionOf } from '../../model/file-row.ts';
import { countsOf } from '../counts/counts-sql.ts';
import type { LibraryFilter } from './filter.ts';
import type { LibraryFile, LibraryOrder, LibraryPosition } from './order.ts';
import { filterSql } from './filter-sql.ts';
import { keptCount } from './kept-count.ts';

/**
 * A literal, because the plan of a named statement must not depend on its values: PostgreSQL expects an unknown limit to
 * return a tenth of all rows.
 */
const MAX_ROWS = MAX_PAGE_SIZE + 1;

interface SortKey {
  readonly column: string;
  readonly type: string;
  /** The field of the record, which cursors contain. */
  readonly field: keyof LibraryFile;
}
const sortKeys: Readonly<Record<MediaLibraryOrderField, SortKey>> = {
  CREATED_AT: { column: 'created_at', type: 'timestamptz', field: 'createdAt' },
  UPDATED_AT: { column: 'updated_at', type: 'timestamptz', field: 'updatedAt' },
  ORIGINAL_FILENAME: { column: 'name_key', type: 'text', field: 'nameKey' },
  FILE_SIZE: { column: 'file_size', type: 'bigint', field: 'fileSize' },
  USAGE_COUNT: { column: 'usage_count', type: 'int', field: 'usageCount' },
  TRASHED_AT: { column: 'trashed_at', type: 'timestamptz', field: 'trashedAt' },
};

/** More are not looked at. */
const MAX_UPLOADERS = 10_000;

const TAGS = `
  SELECT name, count AS "mediaCount" FROM (${countsOf('TAG')}) counted
  WHERE $2 = '' OR starts_with(media_fold(name), media_fold($2))
  ORDER BY count DESC, name LIMIT $3`;

/** Reads one entry of the index for each uploader, not one for each file. `$1` is the store. */
const UPLOADERS = `
  WITH RECURSIVE uploader AS (
    (SELECT created_by AS name, 1 AS number FROM media_files
     WHERE store_id = $1 AND trashed_at IS NULL AND created_by IS NOT NULL
     ORDER BY created_by LIMIT 1)
    UNION ALL
    SELECT next.created_by, number + 1
    FROM uploader, LATERAL (
      SELECT created_by FROM media_files
      WHERE store_id = $1 AND trashed_at IS NULL AND created_by > uploader.name
      ORDER BY created_by LIMIT 1
    ) next
    WHERE number < ${MAX_UPLOADERS}
  )
  SELECT name FROM uploader WHERE strpos(media_fold(name), media_fold($2)) > 0
  ORDER BY number LIMIT $3`;

export interface TagRow {
  readonly name: string;
  /** Without the trash. */
  readonly mediaCount: number;
}

export interface UploaderRow {
  readonly name: string;
}

interface LibraryPageRequest {
  /** What is read of each file, in addition to its id and its key in the order. */
  readonly fields: ReadonlySet<string>;
  readonly filter: LibraryFilter;
  readonly order: LibraryOrder;
  readonly direction: PageRequest['direction'];
  /** The page starts after this position, in the direction of reading. */
  readonly from: LibraryPosition | null;
  /** At most `MAX_ROWS`. */
  readonly limit: number;
  /** Whether the number of all matching files is wanted, too. */
  readonly isCounted: boolean;
}

/** An empty page is one row whose `id` is null. */
type PageRow = { readonly hasOthers: boolean; readonly total: number | null } & (
  | LibraryFile
  | { readonly id: null }
);

/** Every method reads one store, in one statement. */
export function createLibraryRepository({ pool }: { pool: pg.Pool }) {
  return {
    /**
     * The files in the order of reading, and whether there are others on the opposite side of `from`. `total` is null
     * if it was not counted: use `count`.
     */
    async findPage(
      storeId: string,
      request: LibraryPageRequest,
    ): Promise<{ files: LibraryFile[]; hasOthers: boolean; total: number | null }> {
      const { rows } = await pool.query<PageRow>(pageStatement(storeId, request));
      return {
        files: rows.flatMap(({ hasOthers: _hasOthers, total: _total, ...file }) =>
          file.id === null ? [] : [file],
        ),
        hasOthers: rows[0]?.hasOthers ?? false,
        total: rows[0]?.total ?? null,
      };
    },

    async count(storeId: string, filter: LibraryFilter): Promise<number> {
      const kept = keptCount(storeId, filter);
      if (kept) return (await pool.query<{ count: number }>(kept)).rows[0]?.count ?? 0;
      const { condition, values, isSteady } = filterSql(storeId, filter);
      const text = `SELECT count(*)::int AS count FROM media_files f WHERE ${condition}`;
      const statement = isSteady ? countNames(text) : { text };
      const { rows } = await pool.query<{ count: number }>({ ...statement, values });
      return rows[0]?.count ?? 0;
    },

    /** Tags that begin with `start`, ignoring case and accents. Most used first. */
    async findTags(storeId: string, start: string, limit: number): Promise<TagRow[]> {
      return (await pool.query<TagRow>(TAGS, [storeId, start, limit])).rows;
    },

    /** Uploaders whose name contains `part`, ignoring case and accents, by name. */
    async findUploaders(storeId: string, part: string, limit: number): Promise<UploaderRow[]> {
      return (await pool.query<UploaderRow>(UPLOADERS, [storeId, part, limit])).rows;
    },
  };
}
export type LibraryRepository = ReturnType<typeof createLibraryRepository>;

const pageNames = createStatementNames('library-page');
const countNames = createStatementNames('library-count');

/** Limits the page before it reads texts, so that it reads only the texts of these rows. */
function pageStatement(storeId: string, request: LibraryPageRequest) {
  const { fields, filter, order, direction, from, limit, isCounted } = request;
  const { halves, values, bind, isSteady, usesSearchIndex } = filterSql(storeId, filter);
  const { column, type, field } = sortKeys[order.field];
  const isRising = (order.direction === 'ASC') === (direction === 'forward');
  const [sort, back] = isRising ? ['ASC', 'DESC'] : ['DESC', 'ASC'];
  const sorted = (way: string) => `ORDER BY f.${column} ${way}, f.id ${way}`;

  const position = from && `(${bind(from.key)}::${type}, ${bind(from.id)}::uuid)`;
  const than = (comparison: string) =>
    position ? ` AND (f.${column}, f.id) ${comparison} ${position}` : '';
  // Finding words takes most of the time, so a page and its count find them once.
  const isFoundOnce = isCounted && usesSearchIndex && !keptCount(storeId, filter);
  const sources = isFoundOnce
    ? ['found f WHERE true']
    : halves.map((half) => `media_files f WHERE ${half}`);
  const cut = sources.map(
    (source) => `(
      SELECT f.* FROM ${source}${than(isRising ? '>' : '<')}
      ${sorted(sort)} LIMIT ${MAX_ROWS}
    )`,
  );
  // Not EXISTS: the planner would ignore the order and scan the table for any row.
  const others = sources.map(
    (source) => `(
      SELECT true FROM ${source}${than(isRising ? '<=' : '>=')}
      ${sorted(back)} LIMIT 1
    )`,
  );
  const found = halves.map((half) => `SELECT f.id, f.${column} FROM media_files f WHERE ${half}`);

  const text = `
  ${isFoundOnce ? `WITH found AS MATERIALIZED (${found.join(' UNION ALL ')})` : ''}
  SELECT others.found AS "hasOthers", ${isFoundOnce ? '(SELECT count(*)::int FROM found)' : 'NULL'} AS total,
    ${selectionOf(new Set([...fields, 'id', field]))}, f.name_key AS "nameKey"
  FROM (SELECT ${position ? `coalesce(${others.join(', ')}, false)` : 'false'} AS found) others
  LEFT JOIN (
    SELECT f.* FROM (${cut.join(' UNION ALL ')}) f ${sorted(sort)} LIMIT ${bind(limit)}
  ) ${isFoundOnce ? 'page ON true LEFT JOIN media_files f ON f.id = page.id' : 'f ON true'}
  ${sorted(sort)}`;
  return { ...(isSteady ? pageNames(text) : { text }), values };
}
