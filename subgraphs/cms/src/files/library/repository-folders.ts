const MAX_FOLDERS = 10_000;

export interface FolderRow {
  readonly path: string;
  readonly mediaCount: number;
}

/**
 * Counted in the index alone, then every folder stands for those above it, too. Parents sort before what is
 * in them, so that a list that is cut off is still a tree.
 */
export const FOLDERS = `
  WITH counted AS (
    SELECT folder, count(*)::int AS count FROM media_files
    WHERE store_id = $1 AND trashed_at IS NULL
    GROUP BY folder
  ), paths AS (
    SELECT array_to_string(names[1:depth], '/') AS path,
      CASE WHEN depth = cardinality(names) THEN count ELSE 0 END AS count
    FROM counted, string_to_array(folder, '/') names, generate_series(1, cardinality(names)) depth
  )
  SELECT path, sum(count)::int AS "mediaCount" FROM paths
  GROUP BY path ORDER BY path COLLATE "C" LIMIT ${MAX_FOLDERS}`;
