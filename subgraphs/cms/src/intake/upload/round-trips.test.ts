import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { drawJpeg } from '../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../files/media-file/testing/running-cms.ts';

const QUOTA = 100_000;
const RESERVE = 'INSERT INTO uploads';
const PRECEDENT = 'FROM upload_precedent';
/** Includes the duplicate check, the key and the quota. */
const COMMIT = 'FROM admit_upload';
const ABANDON = "SET state = CASE state WHEN 'DONE'";
const REMOVE = 'DELETE FROM uploads WHERE id';
const KINDS = [RESERVE, PRECEDENT, COMMIT, ABANDON, REMOVE];

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

/** The purposes of all statements of one upload; unknown statements are listed unchanged. */
async function statementsOf(input: object, given = bytes) {
  cms.store.statements.length = 0;
  const result = await cms.upload(given, { input });
  const statements = cms.store.statements.map(
    (text) => KINDS.find((kind) => text.includes(kind)) ?? text,
  );
  return { result, statements };
}

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
