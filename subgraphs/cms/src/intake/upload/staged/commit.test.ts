import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { type StagedClient, createStagedClient } from '../testing/staged-client.ts';

let cms: RunningCms;
let client: StagedClient;
let jpeg: Uint8Array<ArrayBuffer>;
/** Until then no bytes are verified, so that what comes after is found by the commit alone. */
let verdict = Promise.resolve();
beforeAll(async () => {
  cms = await runCms({ verifying: () => verdict });
  client = createStagedClient(cms);
});
beforeEach(async () => {
  jpeg = await drawJpeg();
  await cms.store.pool.query('TRUNCATE stores, media_files, uploads, idempotency_keys CASCADE');
  there = await files();
});
afterAll(() => cms.close());

let there: string[];
const files = async () => (await cms.traces()).files;
/** All that has come since the test began. */
const come = async () => (await files()).filter((name) => !there.includes(name));
const refusedWith = (code: string, field: string) => ({
  mediaFile: null,
  reused: false,
  userErrors: [{ code, field: ['input', field] }],
});

/** Bytes that wait to be completed. */
async function sent(bytes = jpeg, given: object = {}) {
  const upload = await client.stage(bytes, given);
  expect((await client.put(upload.url, bytes)).status).toBe(200);
  return upload;
}

/** At the same time: neither is committed before both are being verified. */
async function completeBoth(first: object, second: object) {
  const { promise, resolve } = Promise.withResolvers<void>();
  verdict = promise;
  const verified = cms.verified.length;
  const results = Promise.all([first, second].map((input) => client.complete(input)));
  await vi.waitUntil(() => cms.verified.length === verified + 2, { timeout: 10_000 });
  resolve();
  const [one, other] = await results;
  return one.mediaFile && !one.reused ? { made: one, loser: other } : { made: other, loser: one };
}

test('REJECT of bytes another is committed with meanwhile: the loser is told, and may be sent again', async () => {
  const [one, two] = [await sent(), await sent()];
  const onDuplicate = 'REJECT';
  const { made, loser } = await completeBoth(
    { id: one.id, onDuplicate },
    { id: two.id, onDuplicate },
  );
  expect(loser).toMatchObject(refusedWith('DUPLICATE', 'id'));
  expect(loser.userErrors[0].message).toContain(made.mediaFile.id);
  expect(await come()).toHaveLength(1);

  const left = made.mediaFile.id === one.id ? two : one;
  expect(await client.complete({ id: left.id, onDuplicate })).toEqual(loser);
  expect(await client.complete({ id: left.id })).toMatchObject(
    refusedWith('UPLOAD_INCOMPLETE', 'id'),
  );
  expect((await client.put(left.url, jpeg)).status).toBe(200);
  expect(await client.complete({ id: left.id, onDuplicate })).toEqual(loser);
  expect((await client.complete({ id: left.id })).mediaFile).toMatchObject({ id: left.id });
});

test('REUSE of bytes another is committed with meanwhile: both have that file, again and again', async () => {
  const [one, two] = [await sent(), await sent()];
  const onDuplicate = 'REUSE';
  const { made, loser } = await completeBoth(
    { id: one.id, onDuplicate },
    { id: two.id, onDuplicate },
  );
  expect(loser).toEqual({ ...made, reused: true });
  expect(await come()).toHaveLength(1);

  const left = made.mediaFile.id === one.id ? two : one;
  expect(await client.complete({ id: left.id })).toEqual(loser);
  expect((await client.put(left.url, jpeg)).status).toBe(409);
  expect(await cms.store.count('media_files')).toBe(1);
});

test('a key another is committed with meanwhile, for other bytes, is a mismatch of which nothing is left', async () => {
  const other = await drawJpeg();
  const [one, two] = [await sent(), await sent(other)];
  const idempotencyKey = 'key';
  const { made, loser } = await completeBoth(
    { id: one.id, idempotencyKey },
    { id: two.id, idempotencyKey },
  );
  expect(loser).toMatchObject(refusedWith('IDEMPOTENCY_MISMATCH', 'idempotencyKey'));
  expect(await come()).toHaveLength(1);

  const [left, bytes] = made.mediaFile.id === one.id ? [two, other] : [one, jpeg];
  expect(await client.complete({ id: left.id })).toMatchObject(
    refusedWith('UPLOAD_INCOMPLETE', 'id'),
  );
  expect((await client.put(left.url, bytes)).status).toBe(200);
  expect(await client.complete({ id: left.id, idempotencyKey })).toEqual(loser);
  expect((await client.complete({ id: left.id })).mediaFile).toMatchObject({
    id: left.id,
    checksum: createHash('sha256').update(bytes).digest('hex'),
  });
});

test('room another has taken meanwhile: the loser is told, and may be sent again once there is room', async () => {
  const [one, two] = [await sent(), await sent()];
  await cms.store.pool.query(
    `INSERT INTO stores (id, quota_bytes) VALUES ('ours', $1)
     ON CONFLICT (id) DO UPDATE SET quota_bytes = excluded.quota_bytes`,
    [jpeg.length],
  );
  const { made, loser } = await completeBoth({ id: one.id }, { id: two.id });
  expect(loser).toMatchObject(refusedWith('QUOTA_EXCEEDED', 'id'));
  expect(await come()).toHaveLength(1);

  const left = made.mediaFile.id === one.id ? two : one;
  expect(await client.complete({ id: left.id })).toMatchObject(
    refusedWith('UPLOAD_INCOMPLETE', 'id'),
  );
  expect((await client.put(left.url, jpeg)).status).toBe(200);
  expect(await client.complete({ id: left.id })).toEqual(loser);
  await cms.store.pool.query('UPDATE stores SET quota_bytes = NULL');
  expect((await client.put(left.url, jpeg)).status).toBe(200);
  expect((await client.complete({ id: left.id })).mediaFile).toMatchObject({ id: left.id });
});

test('a loser whose time is over meanwhile is told that it has expired', async () => {
  const [one, two] = [await sent(), await sent()];
  const onDuplicate = 'REJECT';
  const { made } = await completeBoth({ id: one.id, onDuplicate }, { id: two.id, onDuplicate });
  await cms.store.pool.query('UPDATE uploads SET expires_at = now()');
  const left = made.mediaFile.id === one.id ? two : one;
  for (const asked of [{ onDuplicate }, { onDuplicate: 'REUSE' }, {}]) {
    expect(await client.complete({ id: left.id, ...asked })).toMatchObject(
      refusedWith('UPLOAD_EXPIRED', 'id'),
    );
  }
  expect((await client.complete({ id: made.mediaFile.id })).mediaFile).toEqual(made.mediaFile);
});
