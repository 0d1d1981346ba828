import { newId } from '@federated-media/subgraph-kit/ids';
import fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import type { MediaLibraryFilter } from '../../generated/graphql.ts';
import { type TestLibrary, callerOf, useTestLibrary } from './testing/library.ts';

const { seed, isThorough } = inject('random');

let tests: TestLibrary;
useTestLibrary((opened) => {
  tests = opened;
});

const FIELDS = [
  'CREATED_AT',
  'UPDATED_AT',
  'ORIGINAL_FILENAME',
  'FILE_SIZE',
  'USAGE_COUNT',
  'TRASHED_AT',
] as const;

const orders = fc.record({
  field: fc.constantFrom(...FIELDS),
  direction: fc.constantFrom('ASC', 'DESC'),
});
const filters = fc.constantFrom<MediaLibraryFilter[]>(
  {},
  { trashed: null },
  { folderTree: 'kept' },
  { tags: ['kept'] },
  { search: 'KEPT' },
  { missingAltText: true },
);
/** Every column has one of few values, so that many files have equal keys. */
const ranks = fc.integer({ min: 0, max: 3 });
/** What happens between two pages. Files are numbered from the start. */
const events = fc.oneof(
  fc.record({ kind: fc.constant('add'), rank: ranks }),
  fc.record({ kind: fc.constantFrom('delete', 'move', 'touch'), rank: ranks, file: fc.nat(19) }),
);

const ADD = `
  INSERT INTO media_files (id, store_id, filename, original_filename, media_type, mime_type, file_size, checksum,
    file_path, status, folder, tags, usage_count, created_at, updated_at, trashed_at)
  VALUES ($1, $2, 'x', 'kept ' || $3::int, 'IMAGE', 'image/png', 1 + $3::int, repeat('a', 64), 'x', 'READY',
    'kept/' || $3::int, '{kept}', $3::int, to_timestamp($3::int), to_timestamp($3::int),
    CASE WHEN $4 THEN to_timestamp($3::int) END)`;
const DELETE = 'DELETE FROM media_files WHERE id = $1 AND store_id = $2';
/** Moves the file in every order. */
const MOVE = `
  UPDATE media_files SET original_filename = 'kept ' || $3::int, file_size = 1 + $3::int, usage_count = $3::int,
    created_at = to_timestamp($3::int), updated_at = to_timestamp($3::int),
    trashed_at = CASE WHEN trashed_at IS NOT NULL THEN to_timestamp($3::int) END
  WHERE id = $1 AND store_id = $2`;
/** Changes nothing that an order uses. */
const TOUCH = `UPDATE media_files SET description = 'note ' || $3::int WHERE id = $1 AND store_id = $2`;

test('pages list every file that stays exactly once while others are added, moved and removed', async () => {
  const { pool } = tests.store;
  await fc.assert(
    fc.asyncProperty(
      fc.array(ranks, { minLength: 1, maxLength: 20 }),
      fc.array(fc.array(events, { maxLength: 3 }), { maxLength: 8 }),
      fc.record({ orderBy: orders, filter: filters }),
      fc.record({ size: fc.integer({ min: 1, max: 5 }), isForward: fc.boolean() }),
      async (files, meanwhile, list, { size, isForward }) => {
        const storeId = `store-${newId()}`;
        await pool.query('INSERT INTO stores (id) VALUES ($1)', [storeId]);
        const isTrash = list.orderBy.field === 'TRASHED_AT';
        const filter = isTrash ? { ...list.filter, trashed: true } : list.filter;
        const add = async (rank: number) => {
          const id = newId();
          await pool.query(ADD, [id, storeId, rank, isTrash]);
          return id;
        };
        const ids = await Promise.all(files.map(add));
        const [steady, moved] = [new Set(ids), new Set<string>()];
        const happen = async (event: { kind: string; rank: number; file?: number }) => {
          const id = ids[event.file ?? 0];
          if (event.kind === 'add') await add(event.rank);
          if (event.file === undefined || id === undefined) return;
          if (event.kind === 'touch') await pool.query(TOUCH, [id, storeId, event.rank]);
          if (event.kind === 'delete') await pool.query(DELETE, [id, storeId]);
          if (event.kind === 'move') await pool.query(MOVE, [id, storeId, event.rank]);
          if (event.kind !== 'touch') steady.delete(id);
          if (event.kind === 'move') moved.add(id);
        };

        const seen: string[] = [];
        const queue = meanwhile.values();
        for (let cursor: string | null = null; ;) {
          const page = isForward ? { first: size, after: cursor } : { last: size, before: cursor };
          const { nodes, pageInfo } = await tests.library.page(callerOf(storeId), {
            ...list,
            filter,
            ...page,
          });
          const read = nodes.map(({ id }) => id);
          seen.push(...(isForward ? read : read.toReversed()));
          if (!(isForward ? pageInfo.hasNextPage : pageInfo.hasPreviousPage)) break;
          cursor = isForward ? pageInfo.endCursor : pageInfo.startCursor;
          for (const event of queue.next().value ?? []) await happen(event);
        }
        // A file whose key changed may be listed again at its new position.
        const once = seen.filter((id) => !moved.has(id));
        expect(new Set(once).size).toBe(once.length);
        expect(once.filter((id) => steady.has(id)).toSorted()).toEqual([...steady].toSorted());
      },
    ),
    { seed, numRuns: isThorough ? 500 : 20 },
  );
});
