import { newId } from '@federated-media/subgraph-kit/ids';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createOutboxRepository } from '../outbox/repository.ts';
import { createDelivery } from '../outbox/worker.ts';
import { createFakeCms } from '../testing/fake-cms.ts';
import { type Notes, STORE, names, openNotes } from '../testing/notes.ts';
import { createLabels } from './labels.ts';
import { createNameRepository } from './name-repository.ts';

// A rename reports all usages of the entity again. The statements are those of any code, with or without a library.
let notes: Notes;
let cms: ReturnType<typeof createFakeCms>;
let deliver: (signal?: AbortSignal) => Promise<number>;

beforeAll(async () => {
  notes = await openNotes();
});
afterAll(() => notes.close());
beforeEach(async () => {
  await notes.empty();
  cms = createFakeCms();
  deliver = deliveryWith(names);
});

const deliveryWith = (column: typeof names | null) =>
  createDelivery({
    outbox: createOutboxRepository(notes.pool),
    cms: cms.client,
    entityType: 'Note',
    labelOf: createLabels({ entityType: 'Note', editUrl: 'https://admin.example/{id}' }),
    readNames: createNameRepository(notes.pool, column),
    logger: notes.logger,
  });

/** A note with claimed usages of new files. */
async function noteWith(count: number, title: string | null = 'Ideas') {
  const noteId = await notes.newNote(title);
  const usages = Array.from({ length: count }, () => ({ usageId: newId(), mediaId: cms.add() }));
  const columns = [usages.map(({ usageId }) => usageId), usages.map(({ mediaId }) => mediaId)];
  await notes.pool.query(
    `INSERT INTO note_media SELECT u.id, $3, $4, u.media_id
     FROM unnest($1::uuid[], $2::uuid[]) AS u (id, media_id)`,
    [...columns, STORE, noteId],
  );
  const more = { entityType: 'Note', entityId: noteId, role: null, url: null, claimVersion: 1 };
  const label = title === null ? null : `Note: ${title}`;
  const claims = usages.map((usage) => ({ ...usage, ...more, label }));
  await cms.client.claim(STORE, claims);
  return { noteId, usageIds: columns[0] ?? [] };
}

const drain = async () => {
  while ((await deliver()) > 0);
};
const labelsOf = (usageIds: readonly string[]) =>
  usageIds.map((id) => `${cms.ledger.get(id)?.claimVersion} ${cms.ledger.get(id)?.label}`);

test('reports every usage of the renamed entity with its new name, and no other', async () => {
  const [one, other] = [await noteWith(3), await noteWith(1, 'Other')];
  await notes.rename(one.noteId, 'Plans');
  await drain();
  expect(labelsOf(one.usageIds)).toEqual(Array(3).fill('2 Note: Plans'));
  expect(cms.ledger.get(one.usageIds[0] ?? '')?.url).toBe(`https://admin.example/${one.noteId}`);
  expect(labelsOf(other.usageIds)).toEqual(['1 Note: Other']);
  expect(await notes.outbox()).toEqual([]);
});

test('a change of something else, or of nothing, reports nothing', async () => {
  const { noteId } = await noteWith(1);
  await notes.rename(noteId, 'Ideas');
  await notes.pool.query('UPDATE notes SET store_id = store_id WHERE id = $1', [noteId]);
  expect(await notes.outbox()).toEqual([]);
});

test('of an entity with many usages, one message each is left of many renames', async () => {
  const { noteId, usageIds } = await noteWith(250);
  for (let number = 1; number <= 20; number += 1) await notes.rename(noteId, `Plan ${number}`);
  expect(await notes.outbox()).toHaveLength(250);
  await drain();
  expect(new Set(labelsOf(usageIds))).toEqual(new Set(['21 Note: Plan 20']));
});

test('a rename that is rolled back reports nothing', async () => {
  const { noteId } = await noteWith(1);
  await notes.pool.query(
    `DO $$ BEGIN UPDATE notes SET title = 'Plans' WHERE id = '${noteId}'; RAISE EXCEPTION 'no';
     EXCEPTION WHEN OTHERS THEN NULL; END $$`,
  );
  expect(await notes.outbox()).toEqual([]);
});

test('the newest name remains when an older message arrives last', async () => {
  const { noteId, usageIds } = await noteWith(1);
  await notes.rename(noteId, 'Second');
  const { promise: isFree, resolve: free } = Promise.withResolvers<void>();
  const { promise: isSending, resolve: sending } = Promise.withResolvers<void>();
  cms.state.whileClaiming = () => {
    cms.state.whileClaiming = null;
    sending();
    return isFree;
  };
  const late = deliver();
  await isSending;
  await notes.rename(noteId, 'Third');
  await deliver();
  expect(labelsOf(usageIds)).toEqual(['3 Note: Third']);
  free();
  await late;
  expect(labelsOf(usageIds)).toEqual(['3 Note: Third']);
  expect(await notes.outbox()).toEqual([]);
});

test('a message carries the name of the time when it is sent', async () => {
  const { noteId, usageIds } = await noteWith(1);
  await notes.rename(noteId, 'Second');
  cms.state.isDown = true;
  await expect(deliver()).rejects.toThrow('not available');
  await notes.pool.query('ALTER TABLE notes DISABLE TRIGGER notes_rename');
  await notes.rename(noteId, 'Third');
  await notes.pool.query('ALTER TABLE notes ENABLE TRIGGER notes_rename');
  cms.state.isDown = false;
  await drain();
  expect(labelsOf(usageIds)).toEqual(['2 Note: Third']);
});

test('without a column for names, usages are claimed without a label', async () => {
  const { noteId, usageIds } = await noteWith(1, null);
  await notes.rename(noteId, 'Plans');
  await deliveryWith(null)();
  expect(labelsOf(usageIds)).toEqual(['2 null']);
});

test('a rename does not wait for a message that is being sent, and a purge does not deadlock with it', async () => {
  const { noteId, usageIds } = await noteWith(2);
  await notes.rename(noteId, 'Second');
  const purge = await notes.pool.connect();
  await purge.query('BEGIN');
  await purge.query('SELECT FROM usage_outbox WHERE usage_id = $1 FOR UPDATE', [usageIds[0]]);
  await notes.rename(noteId, 'Third');
  await purge.query('SELECT FROM notes WHERE id = $1 FOR UPDATE NOWAIT', [noteId]);
  await purge.query('COMMIT');
  purge.release();
  expect(await notes.outbox()).toHaveLength(3);
  await drain();
  expect(labelsOf(usageIds)).toEqual(Array(2).fill('3 Note: Third'));
});

test('usages of a file in the trash are reported when it is restored, and end when it is deleted', async () => {
  const { noteId, usageIds } = await noteWith(1);
  const mediaId = cms.ledger.get(usageIds[0] ?? '')?.mediaId ?? '';
  cms.trash(mediaId);
  await notes.rename(noteId, 'Plans');
  await deliver();
  expect(await notes.outbox()).toEqual([`CLAIM 2 ${usageIds[0]} 1`]);
  cms.restore(mediaId);
  await notes.pool.query('UPDATE usage_outbox SET due_at = now()');
  await drain();
  expect(labelsOf(usageIds)).toEqual(['2 Note: Plans']);
  await notes.rename(noteId, 'Gone');
  await notes.pool.query('DELETE FROM notes');
  await drain();
  expect(cms.usagesOf(mediaId)).toEqual([]);
});
