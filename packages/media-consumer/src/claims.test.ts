import { newId } from '@federated-media/subgraph-kit/ids';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ClaimExpiredError } from './intents.ts';
import { type MediaConsumer, createMediaConsumer } from './media-consumer.ts';
import { createFakeCms } from './testing/fake-cms.ts';
import { type Notes, STORE, openNotes, purgeNotes, usageOf } from './testing/notes.ts';

let notes: Notes;
let cms: ReturnType<typeof createFakeCms>;
let media: MediaConsumer;

beforeAll(async () => {
  notes = await openNotes();
});
afterAll(() => notes.close());
beforeEach(async () => {
  await notes.empty();
  cms = createFakeCms();
  media = consumerOf();
  return () => media.stop();
});

const consumerOf = () =>
  createMediaConsumer({
    cms: cms.client,
    databaseUrl: notes.url,
    entityType: 'Note',
    purge: purgeNotes,
    logger: notes.logger,
  });

/** Reads the note and stores the intents, and nothing else. */
async function intend(noteId: string, ...mediaIds: string[]) {
  const intents = media.intend(STORE, mediaIds.map(usageOf));
  const isThere = await notes.findIntending(noteId, intents);
  return { intents, isThere, usageIds: intents.usages.map(({ usageId }) => usageId) };
}

test('a claim whose usage is written leaves no message', async () => {
  const noteId = await notes.newNote();
  const mediaId = cms.add();
  const { intents, usageIds } = await intend(noteId, mediaId);
  expect(await notes.outbox()).toEqual([`RELEASE 2 ${usageIds[0]}`]);
  const findings = await media.claim({ intents, entityId: noteId, name: null });
  await notes.write(noteId, intents);
  expect([...findings.values()]).toMatchObject([
    { status: 'USABLE', file: { mediaType: 'IMAGE' } },
  ]);
  expect(cms.usagesOf(mediaId)).toEqual(usageIds);
  expect(await notes.usageIds()).toEqual(usageIds);
  expect(await notes.outbox()).toEqual([]);
});

test('stores no intents for an unknown entity', async () => {
  expect(await intend(newId(), cms.add())).toMatchObject({ isThere: false });
  expect(await notes.outbox()).toEqual([]);
});

test('claims each file independently, and keeps only the claims of usable files', async () => {
  const noteId = await notes.newNote();
  const [good, film, raw] = [
    cms.add(),
    cms.add({ mediaType: 'VIDEO' }),
    cms.add({ status: 'UPLOADED' }),
  ];
  const { intents, usageIds } = await intend(noteId, good, newId(), film, raw, newId());
  const findings = await media.claim({
    intents,
    entityId: noteId,
    name: null,
    accepts: (_use, file) => file.mediaType === 'IMAGE',
  });
  expect(usageIds.map((id) => findings.get(id)?.status)).toEqual([
    'USABLE',
    'NOT_FOUND',
    'UNSUITABLE',
    'NOT_READY',
    'NOT_FOUND',
  ]);
  expect(cms.asked.map((mediaIds) => mediaIds.length)).toEqual([5, 3]);
  await notes.write(noteId, { usages: intents.usages.slice(0, 1) });
  expect(await notes.outbox()).toEqual([`RELEASE 2 ${usageIds[2]}`, `RELEASE 2 ${usageIds[3]}`]);
  media.start();
  await expect.poll(() => notes.outbox()).toEqual([]);
  expect(cms.usagesOf(good)).toEqual([usageIds[0]]);
  expect([...cms.usagesOf(film), ...cms.usagesOf(raw)]).toEqual([]);
});

test('does not claim what a rule forbids, and deletes its intent', async () => {
  const noteId = await notes.newNote();
  const { intents, usageIds } = await intend(noteId, cms.add(), cms.add());
  await media.claim({ intents, entityId: noteId, name: null, wanted: intents.usages.slice(1) });
  expect(cms.asked.map((mediaIds) => mediaIds.length)).toEqual([1]);
  expect(await notes.outbox()).toEqual([`RELEASE 2 ${usageIds[1]}`]);
});

test('returns the files of existing usages and changes nothing', async () => {
  const noteId = await notes.newNote();
  const mediaId = cms.add({ mediaType: 'VIDEO' });
  const { intents, usageIds } = await intend(noteId, mediaId);
  await media.claim({ intents, entityId: noteId, name: null });
  await notes.write(noteId, intents);
  const existing = intents.usages.map((usage) => ({ ...usage, claimVersion: 1 }));
  const findings = await media.claim({
    intents: media.intend(STORE, []),
    entityId: noteId,
    name: null,
    existing,
    accepts: () => false,
  });
  expect([...findings.values()]).toMatchObject([{ status: 'UNSUITABLE' }]);
  expect(cms.usagesOf(mediaId)).toEqual(usageIds);
  expect(await notes.outbox()).toEqual([]);
});

test('without the CMS nothing is usable, and possible claims are released later', async () => {
  const noteId = await notes.newNote();
  const { intents, usageIds } = await intend(noteId, cms.add());
  cms.state.isDown = true;
  const findings = await media.claim({ intents, entityId: noteId, name: null });
  expect([...findings.values()]).toEqual([{ status: 'UNAVAILABLE' }]);
  expect(await notes.outbox()).toEqual([`RELEASE 2 ${usageIds[0]}`]);
});

test('releases the claim of a process that died before it wrote', async () => {
  const noteId = await notes.newNote();
  const mediaId = cms.add();
  const intents = { ...media.intend(STORE, [usageOf(mediaId)]), dueInMs: 50 };
  await notes.findIntending(noteId, intents);
  await media.claim({ intents, entityId: noteId, name: null });
  expect(cms.usagesOf(mediaId)).toHaveLength(1);
  media.start();
  await expect.poll(() => cms.usagesOf(mediaId)).toEqual([]);
  await expect.poll(() => notes.outbox()).toEqual([]);
});

test('an intent is due soon after the longest claim, within ten seconds', () => {
  const { dueInMs } = media.intend(STORE, []);
  expect(dueInMs).toBeGreaterThan(cms.client.timeoutMs);
  expect(dueInMs).toBeLessThan(9_000);
});

test('a writer that is too slow writes nothing: an intent is never deleted after an attempt to send it', async () => {
  const noteId = await notes.newNote();
  const [one, two] = [cms.add(), cms.add()];
  const late = { ...media.intend(STORE, [usageOf(one)]), dueInMs: 0 };
  const prompt = media.intend(STORE, [usageOf(two)]);
  for (const intents of [late, prompt]) {
    await notes.findIntending(noteId, intents);
    await media.claim({ intents, entityId: noteId, name: null });
  }
  cms.state.isDown = true;
  media.start();
  await expect.poll(() => notes.outbox()).toContainEqual(expect.stringMatching(/ 1$/));
  const usages = [...late.usages, ...prompt.usages];
  await expect(notes.write(noteId, { usages })).rejects.toThrow(ClaimExpiredError);
  expect(await notes.usageIds()).toEqual([]);
  expect(await notes.outbox()).toHaveLength(2);
});

test('releases deleted associations, including those deleted by a cascade', async () => {
  const noteId = await notes.newNote();
  const [one, two] = [cms.add(), cms.add()];
  const { intents, usageIds } = await intend(noteId, one, two);
  await media.claim({ intents, entityId: noteId, name: null });
  await notes.write(noteId, intents);
  media.start();
  await notes.pool.query('DELETE FROM note_media WHERE id = $1', [usageIds[0]]);
  await media.sendNow();
  expect([cms.usagesOf(one), cms.usagesOf(two)]).toEqual([[], [usageIds[1]]]);
  await notes.pool.query('DELETE FROM notes');
  await media.sendNow();
  expect(cms.usagesOf(two)).toEqual([]);
});
