import type { MediaCountKind } from '../../generated/prisma/enums.ts';

/**
 * SQL for the folders, tags or types of the files of store `$1` that are not in the trash, each with the exact number of
 * its files.
 */
export const countsOf = (kind: MediaCountKind): string => `
  SELECT name, sum(count)::int AS count FROM (
    SELECT name, count FROM media_counts WHERE store_id = $1 AND kind = '${kind}'
    UNION ALL
    SELECT name, change FROM media_count_changes WHERE store_id = $1 AND kind = '${kind}'
  ) changed
  GROUP BY name HAVING sum(count) > 0`;
