import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { drawJpeg } from '../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../files/media-file/testing/running-cms.ts';
import { createStagedClient } from './testing/staged-client.ts';

const QUOTA = 100_000;
const RESERVE = 'INSERT INTO uploads';
const PRECEDENT = 'FROM upload_precedent';
/** Includes the duplicate check, the key and the quota. */
const COMMIT = 'FROM admit_upload';
const ABANDON = "SET state = CASE WHEN state IN ('DONE', 'PROCESSING')";
const REMOVE = 'DELETE FROM uploads WHERE id';
const CREATE = "'AWAITED', filename";
const FIND = 'AND id = $2 AND expires_at IS NOT NULL';
const BEGIN = 'begin_put';
const RECORD = "SET state = 'STAGED'";
const CLAIM = "SET state = 'RESERVED'";
const KINDS = [CREATE, RECORD, CLAIM, FIND, BEGIN, RESERVE, PRECEDENT, COMMIT, ABANDON, REMOVE];

let cms: RunningCms;
let bytes: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  cms = await runCms({ storeQuotaBytes: QUOTA });
  // The statements of the start are not counted.
  const started = () => ['expires_at <= now()', 'media_feed'].every(wasSent);
  await vi.waitUntil(started, { timeout: 10_000 });
});
beforeEach(async () => {
  bytes = await drawJpeg();
});
afterAll(() => cms.close());

const wasSent = (part: string) => cms.store.statements.some((text) => text.includes(part));

/** The purposes of all statements of `work`; unknown statements are listed unchanged. */
async function statementsDuring<Result>(work: () => Promise<Result>) {
  cms.store.statements.length = 0;
  const result = await work();
  const statements = cms.store.statements.map(
    (text) => KINDS.find((kind) => text.includes(kind)) ?? text,
  );
  return { result, statements };
}

const statementsOf = (input: object, given = bytes) =>
  statementsDuring(() => cms.upload(given, { input }));

const GIVEN_UP = [ABANDON, REMOVE];

test('a policy, a key or a quota adds no round trip to an upload', async () => {
  const inputs = [
    {},
    { onDuplicate: 'REUSE' },
    { onDuplicate: 'REJECT' },
    { idempotencyKey: 'one' },
    { onDuplicate: 'REUSE', idempotencyKey: 'two', details: { tags: ['sea'], altText: 'Sea' } },
  ];
  for (const input of inputs) {
    const { result, statements } = await statementsOf(input, await drawJpeg());
    expect(result).toMatchObject({ reused: false, userErrors: [] });
    expect(statements, JSON.stringify(input)).toEqual([RESERVE, COMMIT]);
  }
});

test('an upload that returns an existing file only abandons its own reservation', async () => {
  const input = { idempotencyKey: 'again' };
  await cms.upload(bytes, { input });
  for (const asked of [input, { onDuplicate: 'REUSE' }]) {
    const { result, statements } = await statementsOf(asked);
    expect(result).toMatchObject({ mediaFile: {}, userErrors: [] });
    expect(statements, JSON.stringify(asked)).toEqual([RESERVE, COMMIT, ...GIVEN_UP]);
  }
});

test('a rejected upload needs no more statements, unless its key may have been used', async () => {
  await cms.upload(bytes);
  const duplicate = await statementsOf({ onDuplicate: 'REJECT' });
  expect(duplicate.statements).toEqual([RESERVE, COMMIT, ...GIVEN_UP]);

  const half = bytes.slice(0, bytes.length / 2);
  const corrupt = await statementsOf({}, half);
  expect(corrupt.statements).toEqual([RESERVE, ...GIVEN_UP]);
  const keyed = await statementsOf({ idempotencyKey: 'half' }, half);
  expect(keyed.result).toMatchObject({ userErrors: [{ code: 'CORRUPT_FILE' }] });
  expect(keyed.statements).toEqual([RESERVE, PRECEDENT, ...GIVEN_UP]);

  const large = await drawJpeg(900, 700);
  expect(large.length).toBeGreaterThan(QUOTA);
  const stopped = await statementsOf({}, large);
  expect(stopped.result).toMatchObject({ userErrors: [{ code: 'QUOTA_EXCEEDED' }] });
  expect(stopped.statements).toEqual([RESERVE, ...GIVEN_UP]);
});

test('several staged uploads are created by one statement', async () => {
  const file = { filename: 'a.jpg', mimeType: 'image/jpeg', fileSize: bytes.length };
  const client = createStagedClient(cms);
  const { statements } = await statementsDuring(() => client.create([file, file, file]));
  expect(statements).toEqual([CREATE]);
});

test('a staged upload needs two statements for its bytes, and two for its completion', async () => {
  const client = createStagedClient(cms);
  const { id, url } = await client.stage(bytes);
  const put = await statementsDuring(() => client.put(url, bytes));
  expect(put.statements).toEqual([BEGIN, RECORD]);
  const completed = await statementsDuring(() => client.complete({ id }));
  expect(completed.result).toMatchObject({ mediaFile: { id }, userErrors: [] });
  expect(completed.statements).toEqual([CLAIM, COMMIT]);

  const again = await statementsDuring(() => client.complete({ id }));
  expect(again.result).toEqual(completed.result);
  expect(again.statements.slice(0, 2)).toEqual([CLAIM, FIND]);
});
