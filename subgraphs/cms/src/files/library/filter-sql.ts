import { inTree } from '../folder/tree-sql.ts';
import type { LibraryFilter } from './filter.ts';

/** Words without three letters or digits in a row, vowel marks aside, are not in the index of trigrams. */
const HAS_TRIGRAM = /(?:[\p{L}\p{N}]\p{M}*){3}/u;

/**
 * The condition for the files `f` of a store that match `filter`, and its parameters. Live files and the
 * trash have separate indexes and are read separately: `halves` has one condition for each that is needed.
 *
 * `isSteady`: the best plan is the same for all values, so the statement may be named and planned once. A filter can
 * match one file or all of them, and PostgreSQL must see its values to choose an index.
 */
export function filterSql(storeId: string, filter: LibraryFilter) {
  const values: unknown[] = [storeId];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['f.store_id = $1'];
  const where = <Value>(value: Value | undefined, condition: (value: Value) => string) => {
    if (value !== undefined) conditions.push(condition(value));
  };

  where(some(filter.mediaTypes), (types) => oneOf('f.media_type', types, 'media_type', bind));
  where(some(filter.mimeTypes), (types) => oneOf('f.mime_type', types, 'text', bind));
  where(filter.folder, (folder) => `f.folder = ${bind(folder)}`);
  where(filter.folderTree, (folder) => inTree('f.folder', `${bind(folder)}::text`));
  where(some(filter.tags), (tags) => `f.tags @> ${bind(tags)}::text[]`);
  for (const word of filter.words ?? []) {
    conditions.push(`f.search_text LIKE media_like_pattern(${bind(word)})`);
  }
  where(filter.isUsed, (isUsed) => `f.usage_count ${isUsed ? '>' : '='} 0`);
  where(filter.lacksAltText, (lacks) =>
    lacks ? 'NOT f.has_alt_text AND NOT f.decorative' : '(f.has_alt_text OR f.decorative)',
  );
  where(filter.checksum, (checksum) => `f.checksum = ${bind(checksum)}`);
  where(filter.minSize, (bytes) => `f.file_size >= ${bind(bytes)}::bigint`);
  where(filter.maxSize, (bytes) => `f.file_size <= ${bind(bytes)}::bigint`);
  where(filter.from, (from) => `f.created_at >= ${bind(from)}::timestamptz`);
  where(filter.to, (to) => `f.created_at <= ${bind(to)}::timestamptz`);
  where(some(filter.uploaders), (names) => oneOf('f.created_by', names, 'text', bind));

  const condition = conditions.join(' AND ');
  const live = `${condition} AND f.trashed_at IS NULL`;
  const trash = `${condition} AND f.trashed_at IS NOT NULL`;
  const { isTrashed, words = [], tags = [] } = filter;
  const usesSearchIndex = tags.length > 0 || words.some((word) => HAS_TRIGRAM.test(word));
  const rest = { values, bind, isSteady: conditions.length === 1, usesSearchIndex };
  return isTrashed === undefined
    ? { condition, halves: [live, trash], ...rest }
    : { condition: isTrashed ? trash : live, halves: [isTrashed ? trash : live], ...rest };
}

const some = <Value>(values: readonly Value[] | undefined) =>
  values && values.length > 0 ? values : undefined;

/** With a single value the rows come in the order of the index; with several they do not. */
function oneOf(
  column: string,
  values: readonly string[],
  type: string,
  bind: (value: unknown) => string,
): string {
  const [only] = values;
  return values.length === 1
    ? `${column} = ${bind(only)}::${type}`
    : `${column} = ANY (${bind(values)}::${type}[])`;
}
