import type { LibraryFilter } from './filter.ts';

/**
 * The condition on the files `f` of a store that `filter` names, and the values it needs. Live files and the
 * trash have indexes of their own, and are read apart: `halves` has the condition on each that is wanted.
 */
export function matching(storeId: string, filter: LibraryFilter) {
  const values: unknown[] = [storeId];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['f.store_id = $1'];
  const where = <Value>(value: Value | undefined, condition: (value: Value) => string) => {
    if (value !== undefined) conditions.push(condition(value));
  };

  where(some(filter.mediaTypes), (types) => oneOf('f.media_type', types, 'media_type', bind));
  where(some(filter.mimeTypes), (types) => oneOf('f.mime_type', types, 'text', bind));
  where(filter.folder, (folder) => `f.folder = ${bind(folder)}`);
  where(filter.folderTree, (folder) => inTree(folder, bind));
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

  const condition = conditions.join(' AND ');
  const live = `${condition} AND f.trashed_at IS NULL`;
  const trash = `${condition} AND f.trashed_at IS NOT NULL`;
  const { isTrashed } = filter;
  return isTrashed === undefined
    ? { condition, halves: [live, trash], values, bind }
    : { condition: isTrashed ? trash : live, halves: [isTrashed ? trash : live], values, bind };
}

const some = <Value>(values: readonly Value[] | undefined) =>
  values && values.length > 0 ? values : undefined;

/** One value leaves the order of the index behind it as it is; several do not. */
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

/** In code point order, which the column has, "0" is what follows "/": all that is below is one range. */
function inTree(folder: string, bind: (value: unknown) => string): string {
  const [itself, from, to] = [folder, `${folder}/`, `${folder}0`].map(bind);
  return `(f.folder = ${itself} OR (f.folder >= ${from} AND f.folder < ${to}))`;
}
