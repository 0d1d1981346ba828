import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { type MediaStore, openMediaStore } from '../media-file/testing/media-store.ts';
import { countsOf } from './counts-sql.ts';
import { createCountRepository } from './repository.ts';

const { seed, isThorough } = inject('random');
const STORES = ['ours', 'theirs'];
const LANES = 4;

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
});
beforeEach(async () => {
  await store.pool.query(`TRUNCATE stores, media_files, media_counts, media_count_changes CASCADE;
    INSERT INTO stores (id) SELECT unnest('{${STORES.join()}}'::text[])`);
});
afterAll(() => store.close());

const INSERT = `
  INSERT INTO media_files (id, store_id, filename, original_filename, media_type, mime_type, file_size, checksum, file_path,
    status, folder, tags)
  SELECT gen_random_uuid(), $1, 'x', 'x', $2, $3, 1, repeat('0', 64), 'x', 'READY', $4, $5::text[] FROM generate_series(1, 3)`;

/** By plain SQL: no way to write may omit the counts. `$1` is the number of the file that is changed, of those that exist. */
const CHANGES: Record<string, (index: number, folder: string, tags: string) => string> = {
  move: (index, folder) => `SET folder = '${folder}' ${fileAt(index)}`,
  tag: (index, _folder, tags) => `SET tags = '${tags}' ${fileAt(index)}`,
  trash: (index) => `SET trashed_at = coalesce(trashed_at, now()) ${fileAt(index)}`,
  restore: (index) => `SET trashed_at = NULL ${fileAt(index)}`,
  replace: (index) => `SET media_type = 'DOCUMENT', mime_type = 'application/pdf' ${fileAt(index)}`,
  everything: (_index, folder, tags) => `SET folder = '${folder}', tags = '${tags}'`,
  rename: (index) => `SET original_filename = 'other', version = version + 1 ${fileAt(index)}`,
};
const fileAt = (index: number) =>
  `WHERE id = (SELECT id FROM media_files ORDER BY id OFFSET ${index} LIMIT 1)`;

const EXPECTED: Record<'FOLDER' | 'TAG' | 'TYPE', string> = {
  FOLDER: 'folder',
  TAG: 'unnest(tags)',
  TYPE: `media_type || ' ' || mime_type`,
};

/** The counts of a store, and what counting its files returns, in one snapshot. */
async function countsAndTruth() {
  const both: string[] = [];
  for (const [kind, name] of Object.entries(EXPECTED)) {
    const counts = kind === 'FOLDER' || kind === 'TAG' ? countsOf(kind) : countsOf('TYPE');
    both.push(`SELECT 'kept' AS source, '${kind}' AS kind, * FROM (${counts}) kept UNION ALL
      SELECT 'counted', '${kind}', name, count(*)::int FROM (
        SELECT DISTINCT id, ${name} AS name FROM media_files WHERE store_id = $1 AND trashed_at IS NULL
      ) files GROUP BY name`);
  }
  const rows: { source: string; kind: string; name: string; count: number }[] = [];
  for (const storeId of STORES) {
    rows.push(
      ...(await store.pool.query(both.join(' UNION ALL '), [storeId])).rows.map((row) => ({
        ...row,
        storeId,
      })),
    );
  }
  const of = (wanted: string) =>
    rows
      .filter(({ source }) => source === wanted)
      .map(({ source: _source, ...row }) => JSON.stringify(row))
      .toSorted();
  return { kept: of('kept'), counted: of('counted') };
}

async function expectExact() {
  const { kept, counted } = await countsAndTruth();
  expect(kept).toEqual(counted);
}

const folder = fc.constantFrom('a', 'a/b', 'c');
const tags = fc.constantFrom('{}', '{x}', '{x,y}', '{y,y}');
const index = fc.nat(5);
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('insert'),
      storeId: fc.constantFrom(...STORES),
      folder,
      tags,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constantFrom(...Object.keys(CHANGES)), index, folder, tags }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete'), index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fold'), max: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('recount') }) },
);
type Step = {
  kind: string;
  storeId?: string;
  folder?: string;
  tags?: string;
  index?: number;
  max?: number;
};

async function take(client: Pick<MediaStore['pool'], 'query'>, step: Step) {
  const { kind, index = 0, folder = 'a', tags = '{}' } = step;
  if (kind === 'insert') {
    const type = tags === '{x}' ? ['VIDEO', 'video/mp4'] : ['IMAGE', 'image/png'];
    await client.query(INSERT, [step.storeId, ...type, folder, tags]);
  } else if (kind === 'delete') await client.query(`DELETE FROM media_files ${fileAt(index)}`);
  else if (kind === 'fold') await client.query('SELECT fold_media_counts($1)', [step.max]);
  else if (kind === 'recount') await client.query('SELECT recount_media()');
  else await client.query(`UPDATE media_files ${CHANGES[kind]?.(index, folder, tags)}`);
}

test(
  'whatever is written, the counts of folders, tags and types are exact',
  { timeout: 600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        await store.pool.query('TRUNCATE media_files, media_counts, media_count_changes CASCADE');
        for (const each of steps) await take(store.pool, each);
        await expectExact();
      }),
      { seed, numRuns: isThorough ? 400 : 15 },
    );
  },
);

test('concurrent writers, folds and recounts lose no change and count none twice', async () => {
  const steps = fc.sample(step, { seed, numRuns: isThorough ? 4_000 : 240 });
  let isOver = false;
  const write = async (lane: number) => {
    for (const [number, each] of steps.entries()) {
      // Changes of all files would lock those of other lanes in no fixed order.
      if (number % LANES === lane && each.kind !== 'everything') await take(store.pool, each);
    }
  };
  const read = async () => {
    while (!isOver) await expectExact();
  };
  const writing = Promise.all(Array.from({ length: LANES }, (_, lane) => write(lane)));
  await Promise.all([writing.finally(() => (isOver = true)), read()]);
  await expectExact();
});

test('folding leaves nothing to fold, and no counts of zero', async () => {
  const counts = createCountRepository({ pool: store.pool });
  await take(store.pool, { kind: 'insert', storeId: 'ours', folder: 'a', tags: '{x}' });
  await take(store.pool, { kind: 'move', index: 0, folder: 'c' });
  expect(await counts.fold()).toBeGreaterThan(0);
  expect(await counts.fold()).toBe(0);
  await store.pool.query(`UPDATE media_files SET folder = 'z'`);
  await counts.fold();
  const { rows } = await store.pool.query(
    `SELECT name || ' ' || count AS kept FROM media_counts WHERE kind = 'FOLDER'`,
  );
  expect(rows.map(({ kept }) => kept)).toEqual(['z 3']);
});

test('a claim, a rename and a change of a file in the trash write no change of a count', async () => {
  await take(store.pool, { kind: 'insert', storeId: 'ours' });
  await store.pool.query('UPDATE media_files SET trashed_at = now()');
  await store.pool.query('DELETE FROM media_count_changes');
  await store.pool.query(`UPDATE media_files SET folder = 'b', usage_count = 1, title = 'new'`);
  await store.pool.query('DELETE FROM media_files');
  await take(store.pool, { kind: 'insert', storeId: 'ours' });
  await store.pool.query('DELETE FROM media_count_changes');
  await store.pool.query(`UPDATE media_files SET usage_count = 1, title = 'new', version = 2`);
  expect((await store.pool.query('SELECT FROM media_count_changes')).rows).toEqual([]);
});
