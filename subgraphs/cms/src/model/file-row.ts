import type { MediaFileRecord } from './media-file.ts';
import {
  type Columns,
  type RecordOf,
  contentColumns,
  mediaFileColumns,
} from './media-file-columns.ts';

/** A file as the database returns it: sizes are bigint, which pg returns as text. */
export type FileRow = Omit<MediaFileRecord, 'fileSize'> & { readonly fileSize: string | bigint };

/** One `entry` for each of `columns`, separated by commas. */
const list = (columns: Columns, entry: (column: string, field: string, type: string) => string) =>
  Object.entries(columns)
    .map(([field, { column, type }]) => entry(column, field, type))
    .join(', ');

/** The columns of a file `f`, named as in `FileRow`; all but its texts. */
export const fileColumns = list(mediaFileColumns, (column, field) => `f.${column} AS "${field}"`);

/** Everything that a record has. */
export const allFields: ReadonlySet<string> = new Set([...Object.keys(mediaFileColumns), 'texts']);

/**
 * The columns of a file `f` for `fields`, as a record has them. Sizes are read as float8, which is exact up to 2^53:
 * pg returns bigint as text.
 */
export function selectionOf(fields: ReadonlySet<string>): string {
  const columns = Object.entries(mediaFileColumns).flatMap(([field, { column, type }]) =>
    fields.has(field) ? [`f.${column}${type === 'bigint' ? '::float8' : ''} AS "${field}"`] : [],
  );
  return [...columns, ...(fields.has('texts') ? [textsColumn] : [])].join(', ');
}

/** The texts of a file `f`, read in the same statement. */
export const textsColumn = `
  coalesce((
    SELECT json_agg(json_build_object('locale', t.locale, 'text', t.text) ORDER BY t.locale COLLATE "C")
    FROM media_texts t WHERE t.media_id = f.id
  ), '[]') AS texts`;

/** `alt_text, decorative, …`: for INSERT and SELECT. */
export const namesOf = (columns: Columns) => list(columns, (column) => column);

/** `"altText" text, decorative boolean, …`: the columns that json_to_recordset reads. */
export const definitionsOf = (columns: Columns) =>
  list(columns, (_column, field, type) => `"${field}" ${type}`);

/** `alt_text = given."altText", …`: for UPDATE, from the fields of `source`. */
export const assignmentsOf = (columns: Columns, source: string) =>
  list(columns, (column, field) => `${column} = ${source}."${field}"`);

/** For UPDATE: a file states the facts about its current content, the row `c` of media_contents. */
export const copyOfContent = `content_number = c.number, ${list(contentColumns, (column) => `${column} = c.${column}`)}`;

/** `$5::text, $6::boolean, …`: parameters in the order of `columns`, for the values of `valuesOf`. */
export const parametersOf = (columns: Columns, { first }: { first: number }) =>
  Object.values(columns)
    .map(({ type }, index) => `$${first + index}::${type}`)
    .join(', ');

/** The values of `given` in the order of `columns`; the initial value for a field that it does not have. */
export function valuesOf<Of extends Columns>(columns: Of, given: Partial<RecordOf<Of>>): unknown[] {
  const values = new Map<string, unknown>(Object.entries(given));
  return Object.entries(columns).map(
    ([field, { initial }]) => values.get(field) ?? initial ?? null,
  );
}

export const toMediaFile = (row: FileRow): MediaFileRecord => ({
  ...row,
  fileSize: Number(row.fileSize),
});
