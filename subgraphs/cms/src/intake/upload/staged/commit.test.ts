import { createHash } from 'node:crypto';
import { publicError } from '@federated-media/subgraph-kit/errors';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { type StagedClient, createStagedClient } from '../testing/staged-client.ts';

let cms: RunningCms;
let client: StagedClient;
let jpeg: Uint8Array<ArrayBuffer>;
/** Blocks all verifications, so that only the commit can find what happens later. */
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
/** Everything that was added since the test began. */
const come = async () => (await files()).filter((name) => !there.includes(name));
const refusedWith = (code: string, field: string) => ({
  mediaFile: null,
  reused: false,
  userErrors: [{ code, field: ['input', field] }],
});

/** Bytes that are staged for completion. */
async function sent(bytes = jpeg, given: object = {}) {
  const upload = await client.stage(bytes, given);
  expect((await client.put(upload.url, bytes)).status).toBe(200);
  return upload;
}

/** Concurrently: neither is committed before both are being verified. */
async function completeBoth(first: object, second: object) {
  const { promise, resolve } = Promise.withResolvers<void>();
  verdict = promise;
  const verified = cms.verified.length;
  const results = Promise.all([first, second].map((input) => client.complete(input)));
  await vi.waitUntil(() => cms.verified.length === verified + 2, { timeout: 10_000 });
  resolve();
  const [one, other] = await results;
  return one.mediaFile && !one.reused ? { made: one, second: other } : { made: other, second: one };
}

test('an upload that cannot be verified at the moment can be completed later', async () => {
  const { id } = await sent();
  verdict = Promise.reject(publicError('OVERLOADED', 'Try again.'));
  verdict.catch(() => {}); // Nothing waits for it yet.
  await expect(client.complete({ id })).rejects.toThrow('OVERLOADED');
  verdict = Promise.resolve();
  expect((await client.complete({ id })).mediaFile).toMatchObject({ id });
});

test('REJECT of bytes that are committed concurrently: the loser gets an error and may send other bytes', async () => {
  const [one, two] = [await sent(), await sent()];
  const onDuplicate = 'REJECT';
  const { made, second } = await completeBoth(
    { id: one.id, onDuplicate },
    { id: two.id, onDuplicate },
  );
  expect(second).toMatchObject(refusedWith('DUPLICATE', 'id'));
  expect(second.userErrors[0].message).toContain(made.mediaFile.id);
  expect(await come()).toHaveLength(1);

  const left = made.mediaFile.id === one.id ? two : one;
  expect(await client.complete({ id: left.id, onDuplicate })).toEqual(second);
  expect(await client.complete({ id: left.id })).toMatchObject(
    refusedWith('UPLOAD_INCOMPLETE', 'id'),
  );
  expect((await client.put(left.url, jpeg)).status).toBe(200);
  expect(await client.complete({ id: left.id, onDuplicate })).toEqual(second);
  expect((await client.complete({ id: left.id })).mediaFile).toMatchObject({ id: left.id });
});

test('REUSE of bytes that are committed concurrently: both return that file every time', async () => {
  const [one, two] = [await sent(), await sent()];
  const onDuplicate = 'REUSE';
  const { made, second } = await completeBoth(
    { id: one.id, onDuplicate },
    { id: two.id, onDuplicate },
  );
  expect(second).toEqual({ ...made, reused: true });
  expect(await come()).toHaveLength(1);

  const left = made.mediaFile.id === one.id ? two : one;
  expect(await client.complete({ id: left.id })).toEqual(second);
  expect((await client.put(left.url, jpeg)).status).toBe(409);
  expect(await cms.store.count('media_files')).toBe(1);
});

test('a key that is used concurrently for other bytes is a mismatch and leaves nothing', async () => {
  const other = await drawJpeg();
  const [one, two] = [await sent(), await sent(other)];
  const idempotencyKey = 'key';
  const { made, second } = await completeBoth(
    { id: one.id, idempotencyKey },
    { id: two.id, idempotencyKey },
  );
  expect(second).toMatchObject(refusedWith('IDEMPOTENCY_MISMATCH', 'idempotencyKey'));
  expect(await come()).toHaveLength(1);

  const [left, bytes] = made.mediaFile.id === one.id ? [two, other] : [one, jpeg];
  expect(await client.complete({ id: left.id })).toMatchObject(
    refusedWith('UPLOAD_INCOMPLETE', 'id'),
  );
  expect((await client.put(left.url, bytes)).status).toBe(200);
  expect(await client.complete({ id: left.id, idempotencyKey })).toEqual(second);
  expect((await client.complete({ id: left.id })).mediaFile).toMatchObject({
    id: left.id,
    checksum: createHash('sha256').update(bytes).digest('hex'),
  });
});

test('space that is used concurrently: the loser gets an error and may retry when there is space', async () => {
  const [one, two] = [await sent(), await sent()];
  await cms.store.pool.query(
    `INSERT INTO stores (id, quota_bytes) VALUES ('ours', $1)
     ON CONFLICT (id) DO UPDATE SET quota_bytes = excluded.quota_bytes`,
    [jpeg.length],
  );
  const { made, second } = await completeBoth({ id: one.id }, { id: two.id });
  expect(second).toMatchObject(refusedWith('QUOTA_EXCEEDED', 'id'));
  expect(await come()).toHaveLength(1);

  const left = made.mediaFile.id === one.id ? two : one;
  expect(await client.complete({ id: left.id })).toMatchObject(
    refusedWith('UPLOAD_INCOMPLETE', 'id'),
  );
  expect((await client.put(left.url, jpeg)).status).toBe(413);
  await cms.store.pool.query('UPDATE stores SET quota_bytes = NULL');
  expect((await client.put(left.url, jpeg)).status).toBe(200);
  expect((await client.complete({ id: left.id })).mediaFile).toMatchObject({ id: left.id });
});

test('a loser whose upload expires in the meantime gets UPLOAD_EXPIRED', async () => {
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
