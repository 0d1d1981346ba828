import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { MediaChange } from '../cms-client.ts';
import { takeIntents } from '../intents.ts';
import { createFakeCms } from '../testing/fake-cms.ts';
import { type Notes, STORE, openNotes, purgeNotes, usageOf } from '../testing/notes.ts';
import { createFeedFollower } from './follower.ts';
import { type Purge, createFeedRepository } from './repository.ts';

let notes: Notes;
let cms: ReturnType<typeof createFakeCms>;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  notes = await openNotes();
});
afterAll(() => notes.close());
beforeEach(async () => {
  await notes.empty();
  cms = createFakeCms();
  return async () => {
    for (const stop of stops.splice(0)) await stop();
  };
});

const feedOf = (purge: Purge = purgeNotes) => createFeedRepository({ pool: notes.pool, purge });

function follow({ purge = purgeNotes, onReturn = () => {} } = {}) {
  const follower = createFeedFollower({
    feed: feedOf(purge),
    cms: cms.client,
    onReturn,
    logger: notes.logger,
  });
  follower.start();
  stops.push(() => follower.stop());
}

/** Creates a note that uses the file. Returns the usage id. */
async function noteWith(mediaId: string): Promise<string> {
  const noteId = await notes.newNote();
  const intents = { storeId: STORE, usages: [usageOf(mediaId)], dueInMs: 60_000 };
  await notes.findIntending(noteId, intents);
  await notes.write(noteId, intents);
  return intents.usages[0]?.usageId ?? '';
}

const change = (kind: MediaChange['kind'], mediaId: string, version: number): MediaChange => ({
  kind,
  storeId: STORE,
  mediaId,
  version,
  occurredAt: '2026-11-29T12:00:00.000Z',
});

test('stores trashed and restored files, and deletes the usages of purged ones', async () => {
  const [one, two, three] = [cms.add(), cms.add(), cms.add()];
  const kept = await noteWith(one);
  await noteWith(two);
  for (const mediaId of [one, two, three]) cms.trash(mediaId);
  follow();
  await expect.poll(() => notes.states()).toHaveLength(3);
  cms.restore(one);
  cms.purge(two);
  await expect
    .poll(() => notes.states())
    .toEqual([`${one} ACTIVE 3`, `${two} PURGED 3`, `${three} TRASHED 2`]);
  expect(await notes.usageIds()).toEqual([kept]);
  expect(await notes.outbox()).toEqual([]);
});

test('ignores changes that are older than the stored state', async () => {
  const [mediaId, other] = [cms.add(), cms.add()];
  const usageId = await noteWith(mediaId);
  await feedOf().applyStates([{ storeId: STORE, mediaId, state: 'ACTIVE', version: 7 }]);
  await feedOf().apply({
    after: null,
    cursor: 'a',
    changes: [
      change('PURGED', mediaId, 6),
      change('TRASHED', other, 2),
      change('RESTORED', other, 1),
    ],
  });
  expect(await notes.states()).toEqual([`${mediaId} ACTIVE 7`, `${other} TRASHED 2`]);
  expect(await notes.usageIds()).toEqual([usageId]);
});

test('sends a claim again when its file is restored from the trash', async () => {
  const mediaId = cms.add();
  const usageId = await noteWith(mediaId);
  await notes.pool.query(
    `INSERT INTO usage_outbox (usage_id, claim_version, kind, store_id, media_id, attempts, due_at)
     VALUES ($1, 2, 'CLAIM', $2, $3, 5, now() + interval '10 minutes')`,
    [usageId, STORE, mediaId],
  );
  const isDue = async () => {
    const query = 'SELECT due_at <= now() AS "isDue" FROM usage_outbox WHERE usage_id = $1';
    return (await notes.pool.query(query, [usageId])).rows;
  };
  await feedOf().applyStates([{ storeId: STORE, mediaId, state: 'TRASHED', version: 2 }]);
  expect(await isDue()).toEqual([{ isDue: false }]);
  await feedOf().applyStates([{ storeId: STORE, mediaId, state: 'ACTIVE', version: 3 }]);
  expect(await isDue()).toEqual([{ isDue: true }]);
});

test('replaced content does not change a usage', async () => {
  const changes = [change('CONTENT_REPLACED', cms.add(), 2)];
  await feedOf().apply({ after: null, cursor: 'a', changes });
  expect(await notes.states()).toEqual([]);
  expect(await feedOf().cursor()).toBe('a');
});

test('if two processes have the same page, one applies it', async () => {
  const mediaId = cms.add();
  const feed = feedOf();
  await feed.apply({ after: null, cursor: 'a', changes: [change('TRASHED', mediaId, 2)] });
  await feed.apply({ after: null, cursor: 'b', changes: [change('TRASHED', mediaId, 9)] });
  expect(await notes.states()).toEqual([`${mediaId} TRASHED 2`]);
  expect(await feed.cursor()).toBe('a');
});

test('a page that cannot be applied is neither skipped nor partly applied', async () => {
  const [trashed, purged] = [cms.add(), cms.add()];
  cms.trash(trashed);
  cms.trash(purged);
  cms.purge(purged);
  let attempts = 0;
  follow({
    purge: async () => {
      attempts += 1;
      if (attempts < 3) throw new Error('poison');
    },
  });
  await expect.poll(() => attempts).toBe(1);
  expect(await notes.states()).toEqual([]);
  expect(await feedOf().cursor()).toBeNull();
  await expect.poll(() => notes.states()).toHaveLength(2);
  expect(attempts).toBe(3);
});

test('the follower notices that the CMS is back', async () => {
  let returns = 0;
  cms.state.isDown = true;
  follow({ onReturn: () => (returns += 1) });
  const mediaId = cms.add();
  cms.trash(mediaId);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(returns).toBe(0);
  cms.state.isDown = false;
  await expect.poll(() => notes.states()).toHaveLength(1);
  expect(returns).toBe(1);
});

test('applies thousands of changes page by page, in several processes', async () => {
  const mediaIds = Array.from({ length: 3_000 }, () => cms.add());
  for (const mediaId of mediaIds) cms.trash(mediaId);
  for (const mediaId of mediaIds) cms.restore(mediaId);
  for (let process = 0; process < 3; process += 1) follow();
  await expect
    .poll(async () => (await notes.states()).filter((line) => line.endsWith('ACTIVE 3')).length, {
      timeout: 10_000,
    })
    .toBe(3_000);
  expect(await feedOf().cursor()).toBe('6000');
});

test('deletes a usage that is written while its file is purged', async () => {
  const mediaId = cms.add();
  const noteId = await notes.newNote();
  const intents = { storeId: STORE, usages: [usageOf(mediaId)], dueInMs: 60_000 };
  await notes.findIntending(noteId, intents);
  const writer = await notes.pool.connect();
  await writer.query('BEGIN');
  await takeIntents(writer, [intents.usages[0]?.usageId ?? '']);
  const purging = feedOf().applyStates([{ storeId: STORE, mediaId, state: 'PURGED', version: 3 }]);
  await expect
    .poll(async () => {
      const { rowCount } = await notes.pool.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rowCount;
    })
    .toBe(1);
  const row = [intents.usages[0]?.usageId, STORE, noteId, mediaId];
  await writer.query('INSERT INTO note_media VALUES ($1, $2, $3, $4)', row);
  await writer.query('COMMIT');
  writer.release();
  await purging;
  expect(await notes.usageIds()).toEqual([]);
  expect(await notes.outbox()).toEqual([]);
});

test('does not write a usage whose file was purged before', async () => {
  const mediaId = cms.add();
  const noteId = await notes.newNote();
  const intents = { storeId: STORE, usages: [usageOf(mediaId)], dueInMs: 60_000 };
  await notes.findIntending(noteId, intents);
  await feedOf().applyStates([{ storeId: STORE, mediaId, state: 'PURGED', version: 3 }]);
  await expect(notes.write(noteId, intents)).rejects.toThrow('The CMS is not available');
  expect(await notes.usageIds()).toEqual([]);
});
