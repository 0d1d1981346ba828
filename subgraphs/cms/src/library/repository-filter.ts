import type { LibraryFilter } from './filter.ts';

/** Both halves have indexes of their own; an order that both have is merged, not sorted. */
const LIVE_AND_TRASH = `(
    SELECT * FROM media_files WHERE trashed_at IS NULL
    UNION ALL
    SELECT * FROM media_files WHERE trashed_at IS NOT NULL
  )`;

/** Where the files `f` of a store are that `filter` names, the condition on them, and the values it needs. */
export function matching(storeId: string, filter: LibraryFilter) {
  const values: unknown[] = [storeId];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['f.store_id = $1'];
  const where = <Value>(value: Value | undefined, condition: (value: Value) => string) => {
    if (value !== undefined) conditions.push(condition(value));
  };

  where(filter.isTrashed, (isTrashed) => `f.trashed_at IS ${isTrashed ? 'NOT NULL' : 'NULL'}`);
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

  return {
    source: `${filter.isTrashed === undefined ? LIVE_AND_TRASH : 'media_files'} f`,
    condition: conditions.join(' AND '),
    values,
    bind,
  };
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
