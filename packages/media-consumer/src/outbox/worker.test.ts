import { newId } from '@federated-media/subgraph-kit/ids';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLabels } from '../labels/labels.ts';
import { createNameRepository } from '../labels/name-repository.ts';
import { createFakeCms } from '../testing/fake-cms.ts';
import { type Notes, STORE, openNotes } from '../testing/notes.ts';
import { createOutboxRepository } from './repository.ts';
import { createDelivery, createOutboxWorker } from './worker.ts';

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

const dependencies = () => ({
  outbox: createOutboxRepository(notes.pool),
  cms: cms.client,
  entityType: 'Note',
  labelOf: createLabels({ entityType: 'Note', editUrl: null }),
  readNames: createNameRepository(notes.pool, null),
  logger: notes.logger,
});

function startWorker() {
  const worker = createOutboxWorker(dependencies());
  worker.start();
  stops.push(() => worker.stop());
  return worker;
}

/** Adds messages. Returns their usage ids. */
async function enqueue(
  count: number,
  { kind = 'RELEASE', storeId = STORE, mediaId = newId(), dueInMs = 0 } = {},
) {
  const usageIds = Array.from({ length: count }, () => newId());
  await notes.pool.query(
    `INSERT INTO usage_outbox (usage_id, claim_version, kind, store_id, media_id, entity_id, due_at)
     SELECT id, 2, $2::usage_message_kind, $3, $4, 'note', now() + $5 * interval '1 ms' FROM unnest($1::uuid[]) AS id`,
    [usageIds, kind, storeId, mediaId, dueInMs],
  );
  return usageIds;
}

test('sends claims and releases of one store together, at most 500 at a time', async () => {
  const mediaId = cms.add();
  await enqueue(400, { kind: 'CLAIM', mediaId });
  await enqueue(300);
  await enqueue(10, { storeId: 'store-b' });
  const deliver = createDelivery(dependencies());
  const taken = [];
  for (let count = await deliver(); count > 0; count = await deliver()) taken.push(count);
  expect(taken.toSorted((one, other) => one - other)).toEqual([10, 200, 500]);
  expect(cms.usagesOf(mediaId)).toHaveLength(400);
  expect(await notes.outbox()).toEqual([]);
});

test('does not send messages that are not due', async () => {
  const [usageId] = await enqueue(1, { dueInMs: 60_000 });
  expect(await createDelivery(dependencies())()).toBe(0);
  expect(await notes.outbox()).toEqual([`RELEASE 2 ${usageId}`]);
});

test('several processes share the work, and one of them sends each message', async () => {
  const usageIds = await enqueue(3_000);
  const sent: string[] = [];
  const { release } = cms.client;
  Object.assign(cms.client, {
    release: async (...args: Parameters<typeof release>) => {
      sent.push(...args[1].map(({ usageId }) => usageId));
      return release(...args);
    },
  });
  for (let process = 0; process < 4; process += 1) startWorker();
  await expect.poll(() => notes.outbox()).toEqual([]);
  expect(sent.toSorted()).toEqual(usageIds.toSorted());
});

test('another process sends, after the lease, what a process reserved and never sent', async () => {
  const [usageId = ''] = await enqueue(1);
  await createOutboxRepository(notes.pool).take(500, 300);
  expect(await createDelivery(dependencies())()).toBe(0);
  startWorker();
  await expect.poll(() => cms.ledger.get(usageId)?.active).toBe(false);
});

test('loses no message while the CMS is down, and sends it when the CMS is back', async () => {
  cms.state.isDown = true;
  const worker = startWorker();
  await enqueue(20);
  await expect.poll(async () => (await notes.outbox())[0]).toMatch(/ 2$/);
  cms.state.isDown = false;
  worker.retryNow();
  await expect.poll(() => notes.outbox()).toEqual([]);
});

test('sends new messages at once, but not while the CMS is down', async () => {
  const worker = startWorker();
  await worker.wake();
  await enqueue(1);
  await worker.wake();
  expect(await notes.outbox()).toEqual([]);

  cms.state.isDown = true;
  await enqueue(1);
  await worker.wake();
  const asked = await notes.outbox();
  await worker.wake();
  expect(await notes.outbox()).toEqual(asked);
});

test('postpones a rejected message without delaying the others', async () => {
  const mediaId = cms.add();
  const [rejected] = await enqueue(1, { kind: 'CLAIM' });
  await enqueue(3, { kind: 'CLAIM', mediaId });
  await createDelivery(dependencies())();
  expect(cms.usagesOf(mediaId)).toHaveLength(3);
  expect(await notes.outbox()).toEqual([`CLAIM 2 ${rejected} 1`]);
  expect(await createDelivery(dependencies())()).toBe(0);
});

test('a worker that is stopped while it sends releases its messages', async () => {
  const { promise: isAsked, resolve } = Promise.withResolvers<void>();
  const [usageId] = await enqueue(1);
  const worker = createOutboxWorker({
    ...dependencies(),
    cms: {
      ...cms.client,
      release: (_storeId, _releases, options) =>
        new Promise((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => reject(new Error('stopped')));
          resolve();
        }),
    },
  });
  worker.start();
  await isAsked;
  await worker.stop();
  expect(await notes.outbox()).toEqual([`RELEASE 2 ${usageId} 1`]);
  expect(await createOutboxRepository(notes.pool).take(500, 1_000)).toHaveLength(1);
});
