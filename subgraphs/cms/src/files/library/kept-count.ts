import { countsOf } from '../counts/counts-sql.ts';
import { inTree } from '../folder/tree-sql.ts';
import type { LibraryFilter } from './filter.ts';

/**
 * The statement that sums the counts that are kept of folders, tags and types, if they answer how many files match
 * `filter`: all files, or those of a folder, of a folder tree, with a tag, or of some types. Undefined otherwise: the
 * files have to be counted.
 */
export function keptCount(
  storeId: string,
  filter: LibraryFilter,
): { text: string; values: unknown[] } | undefined {
  const {
    isTrashed,
    folder,
    folderTree,
    tags = [],
    mediaTypes = [],
    mimeTypes = [],
    ...others
  } = filter;
  if (isTrashed !== false || Object.values(others).some(isCondition)) return undefined;
  const types = mediaTypes.length + mimeTypes.length > 0;
  const conditions = [folder !== undefined, folderTree !== undefined, tags.length > 0, types];
  if (tags.length > 1 || conditions.filter(Boolean).length > 1) return undefined;
  const [tag] = tags;
  if (tag !== undefined) return sumOf(countsOf('TAG'), 'name = $2', [storeId, tag]);
  if (folder !== undefined) return sumOf(countsOf('FOLDER'), 'name = $2', [storeId, folder]);
  if (folderTree !== undefined)
    return sumOf(countsOf('FOLDER'), inTree('name', '$2::text'), [storeId, folderTree]);
  return sumOf(
    countsOf('TYPE'),
    `(cardinality($2::text[]) = 0 OR split_part(name, ' ', 1) = ANY ($2))
      AND (cardinality($3::text[]) = 0 OR split_part(name, ' ', 2) = ANY ($3))`,
    [storeId, mediaTypes, mimeTypes],
  );
}

const isCondition = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined;

const sumOf = (counts: string, condition: string, values: unknown[]) => ({
  text: `SELECT coalesce(sum(count), 0)::int AS count FROM (${counts}) counted WHERE ${condition}`,
  values,
});
