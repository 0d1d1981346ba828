import { newId } from '@federated-media/subgraph-kit/ids';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AuditEntryRecord } from '../audit/audit-entry.ts';
import { createAuditRepository } from '../audit/repository.ts';
import type { Decision } from './change.ts';
import type { MediaFileRecord } from '../../model/media-file.ts';
import { type MediaStore, openMediaStore } from './testing/media-store.ts';

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
});
beforeEach(() => store.pool.query('TRUNCATE stores, media_files, uploads CASCADE'));
afterAll(() => store.close());

const change = (ids: readonly string[], decide: (file: MediaFileRecord, at: Date) => Decision) =>
  store.changes.change({ storeId: 'ours', ids, actor: 'someone', action: 'updated', decide });

async function changeTo(id: string, decision: Decision): Promise<MediaFileRecord> {
  const outcome = (await change([id], () => decision)).get(id);
  if (!outcome || 'refused' in outcome) throw new Error('Not changed.');
  return outcome.file;
}

/** The log after the upload. */
async function logOf(id: string): Promise<AuditEntryRecord[]> {
  const entries = await createAuditRepository(store).findPages('ours', [id], {
    after: null,
    limit: 100,
  });
  return entries.filter(({ action }) => action !== 'uploaded');
}

test('a file of another store is unknown, like one that never existed, and needs no decision', async () => {
  const theirs = await store.addFile('theirs');
  const outcomes = await change([theirs.id, newId()], () => {
    throw new Error('decided');
  });
  expect(outcomes).toEqual(new Map());
});

test('a change writes the given values, keeps the others, and logs what differs', async () => {
  const details = { altText: 'A beach', description: 'Summer', tags: ['sea', 'a "b" {c}'] };
  const file = await store.addFile('ours', {
    details: { ...details, decorative: true, focalPoint: { x: 0.1, y: 1 } },
  });
  const changed = await changeTo(file.id, {
    description: null,
    visibility: 'PRIVATE',
    altText: 'A beach',
    originalFilename: 'strand 🏖.jpg',
    focalX: 1 / 3,
  });
  expect(changed).toEqual({
    ...file,
    description: null,
    visibility: 'PRIVATE',
    originalFilename: 'strand 🏖.jpg',
    focalX: 1 / 3,
    version: 2,
    updatedAt: changed.updatedAt,
  });
  expect(changed.updatedAt.getTime()).toBeGreaterThanOrEqual(file.updatedAt.getTime());
  expect(await store.files.findFiles('ours', [file.id])).toEqual([changed]);
  expect(await logOf(file.id)).toMatchObject([
    {
      actor: 'someone',
      action: 'updated',
      at: changed.updatedAt,
      changes: [
        { field: 'originalFilename', before: 'beach.jpg', after: 'strand 🏖.jpg' },
        { field: 'description', before: 'Summer', after: null },
        { field: 'focalPoint', before: '{"x":0.1,"y":1}', after: `{"x":${1 / 3},"y":1}` },
        { field: 'visibility', before: 'PUBLIC', after: 'PRIVATE' },
      ],
    },
  ]);
});

test('a change to the current values writes nothing', async () => {
  const file = await store.addFile('ours', { details: { tags: ['sea'] } });
  store.statements.length = 0;
  expect(await changeTo(file.id, { tags: ['sea'], folder: 'general' })).toEqual(file);
  expect(store.statements).toHaveLength(4);
  expect(await logOf(file.id)).toEqual([]);
});

test('texts are written, removed and logged language by language', async () => {
  const texts = new Map([
    ['de', 'Ein Strand'],
    ['fr', 'Une plage'],
    ['it', 'Una spiaggia'],
  ]);
  const { id } = await store.addFile('ours', { details: { texts } });
  const wanted = [
    { locale: 'es', text: 'Una playa' },
    { locale: 'fr', text: 'La plage' },
    { locale: 'it', text: 'Una spiaggia' },
  ];
  const changed = await changeTo(id, { texts: wanted });
  expect(changed.texts).toEqual(wanted);
  expect(await store.files.findFiles('ours', [id])).toEqual([changed]);
  const [entry] = await logOf(id);
  expect(entry?.changes).toEqual([
    {
      field: 'altTexts',
      before: JSON.stringify([
        { locale: 'de', text: 'Ein Strand' },
        { locale: 'fr', text: 'Une plage' },
      ]),
      after: JSON.stringify(wanted.slice(0, 2)),
    },
  ]);
});

test('each of several concurrent changes sees the result of the one before', async () => {
  const { id } = await store.addFile('ours');
  await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      change([id], ({ tags, texts }) => ({
        tags: [...tags, `${index}`],
        texts: [...texts, { locale: `x${index}`, text: 'x' }],
      })),
    ),
  );
  const [file] = await store.files.findFiles('ours', [id]);
  expect(file?.tags).toHaveLength(8);
  expect(file?.texts).toHaveLength(8);
  expect(file?.version).toBe(9);
  expect(await logOf(id)).toHaveLength(8);
});

test('changes of the same files in another order do not deadlock', async () => {
  const files = await Promise.all(Array.from({ length: 20 }, () => store.addFile('ours')));
  const ids = files.map(({ id }) => id);
  const runs = Array.from({ length: 6 }, (_, index) =>
    change(index % 2 ? ids : ids.toReversed(), () => ({ folder: `folder ${index}` })),
  );
  expect((await Promise.all(runs)).map(({ size }) => size)).toEqual(Array(6).fill(20));
  const after = await store.files.findFiles('ours', ids);
  expect(new Set(after.map(({ version }) => version))).toEqual(new Set([7]));
});

test('a refused file stays unchanged while the others change, in five statements for all', async () => {
  const files = await Promise.all(Array.from({ length: 30 }, () => store.addFile('ours')));
  const [first] = files;
  const refused = { code: 'INVALID', message: 'No.', field: null } as const;
  store.statements.length = 0;
  const outcomes = await change(
    files.map(({ id }) => id),
    ({ id }) => (id === first?.id ? { refused } : { folder: 'new' }),
  );
  expect(store.statements).toHaveLength(5);
  expect(outcomes.get(first!.id)).toEqual({ refused });
  expect(await store.files.findFiles('ours', [first!.id])).toEqual([first]);
  expect([...outcomes.values()].filter((outcome) => 'file' in outcome)).toHaveLength(29);
});

test('entries of the log can’t be changed or removed', async () => {
  const { id } = await store.addFile('ours');
  await changeTo(id, { folder: 'new' });
  const statements = [
    `UPDATE audit_entries SET actor = 'nobody' WHERE media_id = '${id}'`,
    `DELETE FROM audit_entries WHERE media_id = '${id}'`,
  ];
  for (const statement of statements)
    await expect(store.pool.query(statement)).rejects.toThrow('only ever appended to');
});
