import type pg from 'pg';

/** As PostgreSQL accepts it, of any version. */
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** An active upload publishes its object before its row. */
const UNREFERENCED = `
  SELECT given.key FROM unnest($1::text[], $2::uuid[]) AS given (key, media_id)
  WHERE NOT EXISTS (
    SELECT FROM media_contents c WHERE c.media_id = given.media_id AND c.file_path = given.key
  ) AND NOT EXISTS (
    SELECT FROM media_renditions r WHERE r.media_id = given.media_id AND r.file_path = given.key
  ) AND NOT EXISTS (
    SELECT FROM uploads u
    WHERE u.state <> 'DONE' AND coalesce(u.media_id, u.id) = given.media_id
  )`;

/** For keys without a file id. The second condition is that of the index, and follows from the first. */
const UNREFERENCED_BY_PATH = `
  SELECT given.key FROM unnest($1::text[]) AS given (key)
  WHERE NOT EXISTS (
    SELECT FROM media_contents c
    WHERE c.file_path = given.key AND split_part(c.file_path, '/', 2) <> c.media_id::text
  )`;

const CONTENTS = `
  SELECT media_id AS "mediaId", number, file_path AS "storageKey", file_size AS "byteSize", checksum
  FROM media_contents
  WHERE (media_id, number) > ($1::uuid, $2::int)
  ORDER BY media_id, number
  LIMIT $3`;

const TOTALS = 'SELECT count(*) AS count, coalesce(sum(file_size), 0) AS bytes FROM media_contents';

const HAS_CONTENT = 'SELECT FROM media_contents WHERE media_id = $1 AND number = $2';

/** One set of bytes, as its row describes it. */
export interface ExpectedObject {
  readonly mediaId: string;
  readonly number: number;
  readonly storageKey: string;
  readonly byteSize: number;
  readonly checksum: string;
}

/** Sizes are bigint, which pg returns as text. */
type ContentRow = Omit<ExpectedObject, 'byteSize'> & { readonly byteSize: string };

const FIRST = { mediaId: '00000000-0000-0000-0000-000000000000', number: 0 };

/** What the database knows about the stored objects of all stores. */
export function createUpkeepRepository({ pool }: { pool: pg.Pool }) {
  const keysOf = async (statement: string, values: unknown[]) =>
    (await pool.query<{ key: string }>(statement, values)).rows.map(({ key }) => key);

  async function contentsAfter(
    { mediaId, number }: Pick<ExpectedObject, 'mediaId' | 'number'>,
    limit: number,
  ): Promise<ExpectedObject[]> {
    const { rows } = await pool.query<ContentRow>(CONTENTS, [mediaId, number, limit]);
    return rows.map((row) => ({ ...row, byteSize: Number(row.byteSize) }));
  }

  return {
    /** The `keys` that no row references and no active upload may still reference. */
    async findUnreferenced(keys: readonly string[]): Promise<string[]> {
      const fileOf = (key: string) => key.split('/')[1] ?? '';
      const ours = keys.filter((key) => UUID.test(fileOf(key)));
      const others = keys.filter((key) => !UUID.test(fileOf(key)));
      return [
        ...(ours.length > 0 ? await keysOf(UNREFERENCED, [ours, ours.map(fileOf)]) : []),
        ...(others.length > 0 ? await keysOf(UNREFERENCED_BY_PATH, [others]) : []),
      ];
    },

    /** All sets of bytes, `batchSize` at a time. */
    async *contents(batchSize: number): AsyncGenerator<ExpectedObject[]> {
      let last: { mediaId: string; number: number } | undefined = FIRST;
      while (last) {
        const batch = await contentsAfter(last, batchSize);
        if (batch.length > 0) yield batch;
        last = batch.at(-1);
      }
    },

    /** How many sets of bytes there are, and their size. */
    async totals(): Promise<{ count: number; bytes: number }> {
      const [row] = (await pool.query<{ count: string; bytes: string }>(TOTALS)).rows;
      return { count: Number(row?.count), bytes: Number(row?.bytes) };
    },

    async hasContent({ mediaId, number }: ExpectedObject): Promise<boolean> {
      return (await pool.query(HAS_CONTENT, [mediaId, number])).rows.length > 0;
    },
  };
}
export type UpkeepRepository = ReturnType<typeof createUpkeepRepository>;
