import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { UsageClaim } from '../cms-client.ts';
import { createLabels } from '../labels/labels.ts';
import { createNameRepository } from '../labels/name-repository.ts';
import { createOutboxRepository } from '../outbox/repository.ts';
import { createDelivery } from '../outbox/worker.ts';
import { createFakeCms } from '../testing/fake-cms.ts';
import {
  type Notes,
  STORE,
  associations,
  names,
  openNotes,
  purgeNotes,
  usageOf,
} from '../testing/notes.ts';
import { reconcile } from './reconcile.ts';

let notes: Notes;
let cms: ReturnType<typeof createFakeCms>;

beforeAll(async () => {
  notes = await openNotes();
});
afterAll(() => notes.close());
beforeEach(async () => {
  await notes.empty();
  cms = createFakeCms();
});

/** A UUIDv7 of an hour ago: young usages are skipped. */
function oldId(): string {
  const hex =
    (Date.now() - 3_600_000).toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const claimOf = (mediaId: string, usageId: string, claimVersion = 1): UsageClaim => ({
  usageId,
  mediaId,
  entityType: 'Note',
  entityId: 'a note',
  role: null,
  label: null,
  url: null,
  claimVersion,
});

const claim = (mediaId: string, usageId = oldId(), claimVersion = 1) =>
  cms.client.claim(STORE, [claimOf(mediaId, usageId, claimVersion)]).then(() => usageId);

/** Creates an association without a claim. */
async function write(mediaId: string, usageId = oldId(), storeId = STORE): Promise<string> {
  const noteId = await notes.newNote();
  const row = [usageId, storeId, noteId, mediaId];
  await notes.pool.query('INSERT INTO note_media VALUES ($1, $2, $3, $4)', row);
  return usageId;
}

async function run({
  dryRun = false,
  named = false,
  editUrl = null,
}: { dryRun?: boolean; named?: boolean; editUrl?: string | null } = {}): Promise<string[]> {
  const lines: string[] = [];
  await reconcile({
    cms: cms.client,
    databaseUrl: notes.url,
    entityType: 'Note',
    associations,
    names: named ? names : null,
    editUrl,
    purge: purgeNotes,
    dryRun,
    report: (line) => lines.push(line),
    logger: notes.logger,
  });
  return lines;
}

/** Sends due messages, as the worker of the consumer does. */
const deliver = () =>
  createDelivery({
    outbox: createOutboxRepository(notes.pool),
    cms: cms.client,
    entityType: 'Note',
    labelOf: createLabels({ entityType: 'Note', editUrl: null }),
    readNames: createNameRepository(notes.pool, names),
    logger: notes.logger,
  })();

test('finds nothing where both sides agree', async () => {
  for (let made = 0; made < 3; made += 1) {
    const mediaId = cms.add();
    await write(mediaId, await claim(mediaId));
  }
  expect(await run()).toEqual(['3 usages compared, 0 differences corrected.']);
});

test('claims an association without a claim, with a version that no earlier release can end', async () => {
  const [never, released] = [cms.add(), cms.add()];
  const one = await write(never);
  const two = await write(released, await claim(released));
  await cms.client.release(STORE, [{ usageId: two, mediaId: released, claimVersion: 5 }]);
  const lines = await run();
  expect(lines.toSorted()).toEqual(
    [
      `${STORE}: file ${never}: usage ${one} is not claimed: claimed again`,
      `${STORE}: file ${released}: usage ${two} is not claimed: claimed again`,
      '2 usages compared, 2 differences corrected.',
    ].toSorted(),
  );
  expect([cms.usagesOf(never), cms.usagesOf(released)]).toEqual([[one], [two]]);
  const { rows } = await notes.pool.query(
    'SELECT claim_version::int AS version FROM note_media ORDER BY claim_version',
  );
  expect(rows).toEqual([{ version: 2 }, { version: 6 }]);
  expect(await run()).toEqual(['2 usages compared, 0 differences corrected.']);

  await notes.pool.query('DELETE FROM note_media');
  expect(await notes.outbox()).toEqual(
    [`RELEASE 3 ${one}`, `RELEASE 7 ${two}`].toSorted((a, b) =>
      a.slice(10) < b.slice(10) ? -1 : 1,
    ),
  );
});

test('claims usages again whose labels or URLs in the ledger differ: older usages, and other settings', async () => {
  const mediaId = cms.add();
  const usageId = await write(mediaId, await claim(mediaId));
  await notes.pool.query(`UPDATE notes SET title = 'Ideas'`);
  await notes.pool.query('DELETE FROM usage_outbox');
  await notes.pool.query('UPDATE note_media SET claim_version = 1');
  const lineOf = (result: string) =>
    `${STORE}: file ${mediaId}: usage ${usageId} is claimed with another label or URL: ${result}`;
  const line = lineOf('claimed again');
  const same = '1 usages compared, 0 differences corrected.';
  const corrected = [line, '1 usages compared, 1 differences corrected.'];
  const found = [lineOf('would be claimed again'), '1 usages compared, 1 differences found.'];
  expect(await run({ named: true, dryRun: true })).toEqual(found);
  expect(cms.ledger.get(usageId)?.label).toBeNull();
  expect(await run({ named: true })).toEqual(corrected);
  expect(cms.ledger.get(usageId)).toMatchObject({ label: 'Note: Ideas', url: null });
  expect(await run({ named: true })).toEqual([same]);
  const editUrl = 'https://admin.example/{id}';
  expect(await run({ named: true, editUrl })).toEqual(corrected);
  expect(cms.ledger.get(usageId)?.url).toMatch(/^https:..admin.example.[0-9a-f-]{36}$/);
  expect(await run({ named: true, editUrl })).toEqual([same]);
  expect(await notes.outbox()).toEqual([]);
});

test('skips a usage whose new label is not sent yet', async () => {
  const mediaId = cms.add();
  await write(mediaId, await claim(mediaId));
  await notes.pool.query(`UPDATE notes SET title = 'Ideas'`);
  const sent = await notes.outbox();
  expect(sent).toHaveLength(1);
  await notes.pool.query(`UPDATE usage_outbox SET due_at = now() + interval '1 hour'`);
  expect(await run({ named: true })).toEqual(['1 usages compared, 0 differences corrected.']);
  expect(await notes.outbox()).toEqual(sent);
});

test('names that change while it runs are not lost', async () => {
  const mediaId = cms.add();
  const usageIds = Array.from({ length: 250 }, oldId);
  await cms.client.claim(
    STORE,
    usageIds.map((id) => claimOf(mediaId, id)),
  );
  const noteId = await notes.newNote('Ideas');
  // Descending: rows are not stored in the order of their ids.
  await notes.pool.query(
    'INSERT INTO note_media SELECT id, $2, $3, $4 FROM unnest($1::uuid[]) id ORDER BY id DESC',
    [usageIds, STORE, noteId, mediaId],
  );
  const rename = async () => {
    for (let number = 1; number <= 20; number += 1) await notes.rename(noteId, `Plan ${number}`);
  };
  await Promise.all([run({ named: true }), run({ named: true }), rename()]);
  await expect
    .poll(async () => {
      await deliver();
      return notes.outbox();
    })
    .toEqual([]);
  expect(await run({ named: true })).toEqual(['250 usages compared, 0 differences corrected.']);
  const labels = usageIds.map((id) => cms.ledger.get(id)?.label);
  expect(new Set(labels)).toEqual(new Set(['Note: Plan 20']));
});

test('releases a claim without an association', async () => {
  const mediaId = cms.add();
  const usageId = await claim(mediaId, oldId(), 4);
  expect(await run()).toEqual([
    `${STORE}: file ${mediaId}: usage ${usageId} is claimed but does not exist: released`,
    '1 usages compared, 1 differences corrected.',
  ]);
  expect(cms.usagesOf(mediaId)).toEqual([]);
  expect(await run()).toEqual(['1 usages compared, 0 differences corrected.']);
});

test('skips usages that a message explains, and young ones', async () => {
  const [attaching, detaching, young] = [cms.add(), cms.add(), cms.add()];
  await claim(attaching, usageOf(attaching).usageId);
  await write(young, usageOf(young).usageId);
  const usageId = await claim(detaching);
  await notes.pool.query(
    `INSERT INTO usage_outbox (usage_id, claim_version, kind, store_id, media_id, due_at)
     VALUES ($1, 2, 'RELEASE', $2, $3, now() + interval '1 hour')`,
    [usageId, STORE, detaching],
  );
  expect(await run()).toEqual(['3 usages compared, 0 differences corrected.']);
  expect([cms.usagesOf(attaching), cms.usagesOf(detaching)].flat()).toHaveLength(2);
});

test('deletes usages of a purged file', async () => {
  const mediaId = cms.add();
  const usageId = await write(mediaId);
  cms.trash(mediaId);
  cms.purge(mediaId);
  expect(await run()).toEqual([
    `${STORE}: file ${mediaId}: usage ${usageId} is not claimed: claimed again`,
    `${STORE}: file ${mediaId}: was purged: its usages are removed`,
    '1 usages compared, 1 differences corrected.',
  ]);
  expect(await notes.usageIds()).toEqual([]);
  expect(await notes.outbox()).toEqual([]);
  expect(await run()).toEqual(['0 usages compared, 0 differences corrected.']);
});

test('corrects states that the feed has missed: trashed and restored files', async () => {
  const [trashed, restored] = [cms.add(), cms.add()];
  for (const mediaId of [trashed, restored]) await write(mediaId, await claim(mediaId));
  for (const mediaId of [trashed, restored]) cms.trash(mediaId);
  await run();
  cms.restore(restored);
  expect(await run()).toEqual([
    `${STORE}: file ${restored}: is hidden but not in the trash`,
    '2 usages compared, 1 differences corrected.',
  ]);
  expect(await notes.states()).toEqual([`${trashed} TRASHED 2`, `${restored} ACTIVE 3`]);
});

test('the CMS decides even when its database is older than the stored state', async () => {
  const mediaId = cms.add();
  await write(mediaId, await claim(mediaId));
  await notes.pool.query(`INSERT INTO media_states VALUES ($1, $2, 'TRASHED', 9)`, [
    STORE,
    mediaId,
  ]);
  expect((await run()).at(-1)).toBe('1 usages compared, 1 differences corrected.');
  expect(await notes.states()).toEqual([`${mediaId} ACTIVE 1`]);
});

test('compares every store that either side has', async () => {
  const [mine, theirs] = [cms.add({}, 'b-mine'), cms.add({}, 'a-theirs')];
  await write(mine, oldId(), 'b-mine');
  await cms.client.claim('a-theirs', [claimOf(theirs, oldId())]);
  await claim(cms.add());
  expect((await run()).at(-1)).toBe('3 usages compared, 3 differences corrected.');
  expect([cms.usagesOf(mine), cms.usagesOf(theirs)].map((usages) => usages.length)).toEqual([1, 0]);
});

test('claims a usage whose file is in the trash when the file is restored', async () => {
  const mediaId = cms.add();
  const usageId = await write(mediaId);
  cms.trash(mediaId);
  await run();
  expect(await notes.usageIds()).toEqual([usageId]);
  expect(await notes.outbox()).toEqual([`CLAIM 2 ${usageId} 1`]);
});

test('a dry run reports the same and corrects nothing', async () => {
  const [unclaimed, unused, trashed] = [cms.add(), cms.add(), cms.add()];
  await write(unclaimed);
  await claim(unused);
  await write(trashed, await claim(trashed));
  cms.trash(trashed);
  const lines = await run({ dryRun: true });
  expect(lines).toHaveLength(4);
  expect(lines.filter((line) => line.includes('would be'))).toHaveLength(2);
  expect(lines.at(-1)).toBe('3 usages compared, 3 differences found.');
  expect(cms.usagesOf(unclaimed)).toEqual([]);
  expect(cms.usagesOf(unused)).toHaveLength(1);
  expect([await notes.outbox(), await notes.states()]).toEqual([[], []]);
});

test('compares thousands of usages page by page', async () => {
  const mediaId = cms.add();
  const usageIds = Array.from({ length: 1_600 }, oldId);
  await cms.client.claim(
    STORE,
    usageIds.slice(0, 1_100).map((id) => claimOf(mediaId, id)),
  );
  const noteId = await notes.newNote();
  await notes.pool.query(
    'INSERT INTO note_media SELECT id, $2, $3, $4 FROM unnest($1::uuid[]) id',
    [usageIds.slice(500), STORE, noteId, mediaId],
  );
  expect((await run()).at(-1)).toBe('1600 usages compared, 1000 differences corrected.');
  expect(cms.usagesOf(mediaId).toSorted()).toEqual(usageIds.slice(500).toSorted());
  expect(await notes.outbox()).toEqual([]);
});

test('fails without the CMS, and corrects nothing', async () => {
  await write(cms.add());
  cms.state.isDown = true;
  await expect(run()).rejects.toThrow('The CMS is not available');
  expect(await notes.outbox()).toEqual([]);
});
