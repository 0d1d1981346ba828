import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { storageKey } from '../../../storage/object-key.ts';
import { createMaintenance } from '../../../maintenance-commands.ts';
import { openRequest } from '../testing/open-request.ts';
import { createOtherProcess } from '../testing/other-process.ts';
import { type StagedClient, createStagedClient } from '../testing/staged-client.ts';

const POLL = { timeout: 30_000 };
const COMPLETE = `mutation ($input: CompleteStagedUploadInput!) { completeStagedUpload(input: $input) {
  mediaFile { id status } reused userErrors { code message }
} }`;
const FILE = `query ($id: ID!) { mediaFile(id: $id) {
  id status failure url srcSet placeholder previewUrl mimeType mediaType fileSize checksum width version
  originalFilename altText trashedAt contentVersions { number } auditLog { nodes { action actor changes { field after } } }
} }`;
const QUOTA = `{ mediaQuota { usedBytes fileCount } }`;

let cms: RunningCms;
let client: StagedClient;
let jpeg: Uint8Array<ArrayBuffer>;
let before: string[];
/** Where verification waits. */
let held: Promise<void> | undefined;
let release = () => {};
let storageFails = false;

beforeAll(async () => {
  // Nothing is verified within a millisecond.
  cms = await runCms({
    completionPatienceMs: 0,
    verifying: async () => held,
    failing: () => storageFails,
  });
  client = createStagedClient(cms);
});
beforeEach(async () => {
  jpeg = await drawJpeg();
  before = await files();
  hold();
});
afterEach(async () => {
  release();
  await expect.poll(() => cms.store.count(`uploads WHERE state = 'PROCESSING'`), POLL).toBe(0);
  await cms.store.pool.query('TRUNCATE stores, media_files, uploads, idempotency_keys CASCADE');
});
afterAll(() => cms.close());

function hold() {
  ({ promise: held, resolve: release } = Promise.withResolvers<void>());
}
const files = async () => (await cms.traces()).files.toSorted();
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function sent(bytes = jpeg, given: object = {}, storeId = 'ours') {
  const upload = await client.stage(bytes, given, storeId);
  expect((await client.put(upload.url, bytes)).status).toBe(200);
  return upload.id;
}
async function complete(input: object) {
  const { data, errors } = await cms.graphql(COMPLETE, { input });
  expect(errors).toBeUndefined();
  return data!['completeStagedUpload'];
}
/** A file whose verification goes on after the response. */
async function processing(bytes = jpeg, input: object = {}, given: object = {}) {
  const id = await sent(bytes, given);
  const answer = await complete({ id, ...input });
  expect(answer).toEqual({
    mediaFile: { id, status: 'PROCESSING' },
    reused: false,
    userErrors: [],
  });
  return id;
}
const read = async (id: string) => (await cms.graphql(FILE, { id })).data!['mediaFile'];
const statusOf = async (id: string) => (await read(id))?.status;
const quota = async () => (await cms.graphql(QUOTA)).data!['mediaQuota'];
const becomes = (id: string, status: string) => expect.poll(() => statusOf(id), POLL).toBe(status);

async function change(mutation: string, input: object) {
  const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
  const types: Record<string, string> = {
    RestoreMediaInput: 'MediaIdInput',
    PurgeMediaInput: 'MediaIdInput',
  };
  const { data, errors } = await cms.graphql(
    `mutation ($input: ${types[type] ?? type}!) { it: ${mutation}(input: $input) { userErrors { code message } } }`,
    { input },
  );
  expect(errors).toBeUndefined();
  return data!['it'].userErrors;
}

/** Another process has taken the upload over, and was killed. */
const takeOverAndDie = (id: string) =>
  cms.store.pool.query(
    `UPDATE uploads SET attempts = attempts + 1, seen_at = '-infinity' WHERE id = $1`,
    [id],
  );

test('a file is PROCESSING with what was declared, and becomes READY with what was verified', async () => {
  const given = { filename: 'beach.final', mimeType: 'application/octet-stream' };
  const details = { altText: 'A beach', altTexts: [{ locale: 'de', text: 'Ein Strand' }] };
  const id = await processing(jpeg, { details }, given);
  expect(await read(id)).toMatchObject({
    status: 'PROCESSING',
    failure: null,
    url: null,
    srcSet: null,
    placeholder: null,
    previewUrl: null,
    mimeType: 'application/octet-stream',
    mediaType: 'DOCUMENT',
    fileSize: jpeg.length,
    checksum: sha256(jpeg),
    width: null,
    version: 1,
    altText: 'A beach',
    contentVersions: [],
  });
  expect(await quota()).toEqual({ usedBytes: jpeg.length, fileCount: 1 });
  const { data } = await cms.graphql('{ mediaLibrary { nodes { id status } } }');
  expect(data!['mediaLibrary'].nodes).toEqual([{ id, status: 'PROCESSING' }]);

  release();
  await becomes(id, 'READY');
  const file = await read(id);
  expect(file).toMatchObject({
    failure: null,
    mimeType: 'image/jpeg',
    mediaType: 'IMAGE',
    fileSize: jpeg.length,
    width: 64,
    version: 2,
    originalFilename: 'beach.final',
    altText: 'A beach',
    contentVersions: [{ number: 1 }],
  });
  expect(file.auditLog.nodes).toMatchObject([
    {
      action: 'processed',
      actor: 'system',
      changes: [
        { field: 'status', after: 'READY' },
        { field: 'mimeType', after: 'image/jpeg' },
      ],
    },
    { action: 'uploaded', actor: 'someone' },
  ]);
  expect(Buffer.from(await (await fetch(file.url)).arrayBuffer())).toEqual(Buffer.from(jpeg));
  expect(await quota()).toEqual({ usedBytes: jpeg.length, fileCount: 1 });
  expect(await files()).toHaveLength(before.length + 1);
  const { rows } = await cms.store.pool.query('SELECT search_text FROM media_files WHERE id = $1', [
    id,
  ]);
  expect(rows[0].search_text).toContain('ein strand');
});

test('a file whose bytes are rejected is FAILED with the reason, and its bytes are gone', async () => {
  const id = await processing(new Uint8Array(jpeg).fill(0, 200));
  release();
  await becomes(id, 'FAILED');
  expect(await read(id)).toMatchObject({
    failure: expect.stringMatching(/^The .+\.$/),
    url: null,
    version: 2,
    contentVersions: [],
  });
  await expect.poll(files, POLL).toEqual(before);
  expect(await quota()).toEqual({ usedBytes: 0, fileCount: 1 });
  expect(await complete({ id })).toEqual({
    mediaFile: { id, status: 'FAILED' },
    reused: false,
    userErrors: [],
  });
  expect(await change('deleteMedia', { id })).toEqual([]);
  expect(await change('purgeMedia', { id })).toEqual([]);
  expect(await quota()).toEqual({ usedBytes: 0, fileCount: 0 });
});

test('completing again returns the same file during and after, also with its key', async () => {
  const input = { idempotencyKey: 'a key', details: { folder: 'x' } };
  const id = await processing(jpeg, input);
  const again = { mediaFile: { id, status: 'PROCESSING' }, reused: false, userErrors: [] };
  expect(await complete({ id, ...input })).toEqual(again);
  expect(await complete({ id })).toEqual(again);
  expect(await complete({ id, idempotencyKey: 'a key' })).toMatchObject({
    userErrors: [{ code: 'IDEMPOTENCY_MISMATCH' }],
  });
  await cms.store.pool.query('UPDATE uploads SET expires_at = now()');
  expect(await complete({ id, onDuplicate: 'REJECT' })).toEqual(again);
  release();
  await becomes(id, 'READY');
  const ready = { ...again, mediaFile: { id, status: 'READY' } };
  expect(await complete({ id, ...input })).toEqual(ready);
  expect(await complete({ id })).toEqual(ready);
  expect(await cms.store.count('media_files')).toBe(1);
});

test('bytes are not accepted any more, and an expired upload keeps those it has', async () => {
  const upload = await client.stage(jpeg);
  await client.put(upload.url, jpeg);
  await complete({ id: upload.id });
  expect((await client.put(upload.url, jpeg)).status).toBe(409);
  await cms.store.pool.query(`UPDATE uploads SET expires_at = now() - interval '2 days'`);
  const present = await files();
  await createOtherProcess(cms).recover();
  expect(await files()).toEqual(present);
  release();
  await becomes(upload.id, 'READY');
});

test('a file that is trashed while it is PROCESSING becomes READY in the trash', async () => {
  const id = await processing();
  expect(await change('deleteMedia', { id })).toEqual([]);
  release();
  await becomes(id, 'READY');
  expect(await read(id)).toMatchObject({ url: null, trashedAt: expect.any(String) });
  expect(await change('restoreMedia', { id })).toEqual([]);
  expect((await fetch((await read(id)).url)).status).toBe(200);
});

test('a file that is purged while it is PROCESSING leaves nothing', async () => {
  const id = await processing();
  expect(await change('deleteMedia', { id })).toEqual([]);
  expect(await change('purgeMedia', { id })).toEqual([]);
  expect(await quota()).toEqual({ usedBytes: 0, fileCount: 0 });
  expect(await complete({ id })).toMatchObject({ userErrors: [{ code: 'NOT_FOUND' }] });
  release();
  await expect.poll(files, POLL).toEqual(before);
  await expect.poll(() => cms.store.count(`uploads WHERE state = 'PROCESSING'`), POLL).toBe(0);
  expect(await quota()).toEqual({ usedBytes: 0, fileCount: 0 });
  expect(await read(id)).toBeNull();
});

test('metadata can be changed meanwhile, and stays', async () => {
  const id = await processing();
  const details = { altText: 'New', tags: ['a'] };
  expect(await change('updateMedia', { id, originalFilename: 'new name.jpg', details })).toEqual(
    [],
  );
  release();
  await becomes(id, 'READY');
  expect(await read(id)).toMatchObject({
    altText: 'New',
    originalFilename: 'new name.jpg',
    version: 3,
  });
});

test('the content of a file that is PROCESSING cannot be replaced; that of a FAILED one can', async () => {
  const replace = async (id: string) => {
    const file = new File([await drawJpeg()], 'b.jpg', { type: 'image/jpeg' });
    held = undefined;
    const { data } = await cms.graphql(
      `mutation ($input: ReplaceMediaContentInput!) { replaceMediaContent(input: $input) {
        mediaFile { status failure contentVersions { number } } userErrors { code message }
      } }`,
      { input: { id, file: null } },
      { files: { 'variables.input.file': file } },
    );
    return data!['replaceMediaContent'];
  };
  const refused = { code: 'INVALID', message: expect.stringContaining('still being verified') };
  const id = await processing(new Uint8Array(jpeg).fill(0, 200));
  expect(await replace(id)).toEqual({ mediaFile: null, userErrors: [refused] });
  expect(await change('restoreMediaContent', { id, number: 1 })).toEqual([refused]);
  release();
  await becomes(id, 'FAILED');
  expect(await replace(id)).toEqual({
    mediaFile: { status: 'READY', failure: null, contentVersions: [{ number: 2 }] },
    userErrors: [],
  });
});

test('bytes of a file that is not READY are no duplicate', async () => {
  await processing();
  const id = await sent();
  expect(await complete({ id, onDuplicate: 'REUSE' })).toMatchObject({
    mediaFile: { id, status: 'PROCESSING' },
    reused: false,
  });
  release();
  await becomes(id, 'READY');
  expect(await cms.store.count('media_files')).toBe(2);
});

test('of two files with the same bytes that are PROCESSING, one is FAILED under REJECT', async () => {
  const ids = [
    await processing(jpeg, { onDuplicate: 'REJECT' }),
    await processing(jpeg, { onDuplicate: 'REJECT' }),
  ];
  release();
  await expect
    .poll(async () => new Set(await Promise.all(ids.map(statusOf))), POLL)
    .toEqual(new Set(['FAILED', 'READY']));
  const [ready, failed] = (await Promise.all(ids.map(read))).toSorted((one) =>
    one.status === 'READY' ? -1 : 1,
  );
  expect(failed.failure).toBe(`The store already has these bytes, in file ${ready.id}.`);
  expect(await quota()).toEqual({ usedBytes: jpeg.length, fileCount: 2 });
  await expect.poll(files, POLL).toHaveLength(before.length + 1);
});

test('a sanitized SVG counts with its stored size', async () => {
  const svg = new TextEncoder().encode(
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>1</script><rect width="9" height="9"/></svg>',
  );
  const id = await processing(svg, {}, { filename: 'a.svg', mimeType: 'image/svg+xml' });
  expect(await quota()).toEqual({ usedBytes: svg.length, fileCount: 1 });
  release();
  await becomes(id, 'READY');
  const { fileSize } = await read(id);
  expect(fileSize).toBeLessThan(svg.length);
  expect(await quota()).toEqual({ usedBytes: fileSize, fileCount: 1 });
  await expect.poll(files, POLL).toHaveLength(before.length + 1);
});

test('another process takes over an upload, and the first one changes nothing any more', async () => {
  const id = await processing();
  await takeOverAndDie(id);
  await expect
    .poll(
      async () =>
        (await cms.store.pool.query('SELECT attempts FROM uploads WHERE id = $1', [id])).rows[0]
          .attempts,
      POLL,
    )
    .toBe(3);
  release();
  await becomes(id, 'READY');
  expect((await read(id)).version).toBe(2);
  expect(await quota()).toEqual({ usedBytes: jpeg.length, fileCount: 1 });
});

test('an upload whose processes were killed three times is FAILED', async () => {
  const id = await processing();
  for (let times = 0; times < 2; times += 1) await takeOverAndDie(id);
  await becomes(id, 'FAILED');
  expect((await read(id)).failure).toBe('The file could not be verified. Upload it again.');
  await expect.poll(files, POLL).toEqual(before);
});

test('an upload whose process was killed after it had published the bytes becomes READY', async () => {
  const id = await processing();
  const { storage, staging, stagedUploads } = createOtherProcess(cms);
  const { stagedName, stagedSha256: sha } = (await stagedUploads.find('ours', id))!;
  const expected = { byteSize: jpeg.length, sha256: sha };
  const staged = await staging.open(stagedName!, expected, AbortSignal.timeout(5_000));
  const key = storageKey(
    { id, storeId: 'ours', replaces: null },
    { sha256: sha!, extension: 'jpg' },
  );
  const verified = {
    isSanitized: false,
    file: {
      filename: `${id}.jpg`,
      originalFilename: 'a.jpg',
      storageKey: key,
      byteSize: jpeg.length,
      checksum: sha,
      bytes: {
        mediaType: 'IMAGE',
        mimeType: 'image/jpeg',
        extension: 'jpg',
        width: 64,
        height: 48,
        durationSeconds: null,
        animated: false,
        charset: null,
        thumbHash: Buffer.from([1, 2, 3]).toString('base64'),
      },
    },
  };
  await storage.publish(key, staged!.path);
  await cms.store.pool.query('UPDATE uploads SET verified = $2 WHERE id = $1', [id, verified]);
  await takeOverAndDie(id);
  await becomes(id, 'READY');
  expect((await fetch((await read(id)).url)).status).toBe(200);
});

/** The pause after a failed attempt is over. */
const retryNow = (id: string) =>
  cms.store.pool.query(`UPDATE uploads SET seen_at = '-infinity' WHERE id = $1`, [id]);
const attemptsOf = async (id: string) => {
  const { rows } = await cms.store.pool.query<{ attempts: number; isWaiting: boolean }>(
    `SELECT attempts, seen_at > now() AS "isWaiting" FROM uploads WHERE id = $1`,
    [id],
  );
  return rows[0];
};

// It waits for several turns of the job.
test(
  'an attempt that fails is repeated after a pause, at most twice',
  { timeout: 150_000 },
  async () => {
    const [recovered, lost] = [await processing(), await processing(await drawJpeg())];
    storageFails = true;
    onTestFinished(() => {
      storageFails = false;
    });
    release();
    for (const id of [recovered, lost])
      await expect.poll(() => attemptsOf(id), POLL).toEqual({ attempts: 1, isWaiting: true });
    for (let attempt = 2; attempt <= 3; attempt += 1) {
      await retryNow(lost);
      if (attempt < 3)
        await expect
          .poll(() => attemptsOf(lost), POLL)
          .toEqual({ attempts: attempt, isWaiting: true });
    }
    await becomes(lost, 'FAILED');
    storageFails = false;
    await retryNow(recovered);
    await becomes(recovered, 'READY');
    expect(await quota()).toEqual({ usedBytes: jpeg.length, fileCount: 2 });
    await expect.poll(files, POLL).toHaveLength(before.length + 1);
  },
);

test('bytes that are not there any more make the file FAILED', async () => {
  const id = await processing();
  const { staging, stagedUploads } = createOtherProcess(cms);
  await staging.discard((await stagedUploads.find('ours', id))!.stagedName!);
  await takeOverAndDie(id);
  await becomes(id, 'FAILED');
  expect((await read(id)).failure).toBe(
    'The bytes of this upload are not available any more. Upload the file again.',
  );
});

test('one store has at most half of the background completions; the others wait for their turn', async () => {
  const ids: string[] = [];
  for (let count = 0; count < 6; count += 1) ids.push(await processing(await drawJpeg()));
  const running = (storeId: string) =>
    cms.store.count(
      `uploads WHERE store_id = '${storeId}' AND seen_at > now() - interval '40 seconds' AND state = 'PROCESSING'`,
    );
  await expect.poll(() => running('ours'), POLL).toBe(4);
  const theirs = await sent(jpeg, {}, 'theirs');
  expect(await client.complete({ id: theirs }, 'theirs')).toMatchObject({ userErrors: [] });
  expect(await running('theirs')).toBe(1);
  release();
  for (const id of ids) await becomes(id, 'READY');
  expect(await cms.store.count('uploads WHERE attempts <> 1')).toBe(0);
});

test('a client that hangs up before the file exists leaves nothing, and can complete it again', async () => {
  held = undefined;
  await cms.upload(await drawJpeg());
  hold();
  const id = await sent();
  const lock = await cms.store.jobsPool.connect();
  await lock.query('BEGIN');
  await lock.query(`SELECT FROM stores WHERE id = 'ours' FOR UPDATE`);
  const { hangUp } = await openRequest(cms, COMPLETE, { input: { id } });
  const waiting = `pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await expect.poll(() => cms.store.count(waiting), POLL).toBe(1);
  hangUp();
  await expect.poll(() => cms.store.count(waiting), POLL).toBe(0);
  await lock.query('ROLLBACK');
  lock.release();
  await expect
    .poll(() => cms.store.count(`uploads WHERE id = '${id}' AND state = 'STAGED'`), POLL)
    .toBe(1);
  expect(await read(id)).toBeNull();
  expect(await complete({ id })).toMatchObject({ mediaFile: { status: 'PROCESSING' } });
  release();
  await becomes(id, 'READY');
});

test('maintenance leaves the bytes of a file that is PROCESSING alone', async () => {
  const { storage, staging, stagedUploads } = createOtherProcess(cms);
  const printed: string[] = [];
  const maintenance = createMaintenance({
    pool: cms.store.pool,
    storage,
    storeQuotaBytes: null,
    print: (line) => void printed.push(line),
    logger: pino({ level: 'silent' }),
  });
  const ages = { graceHours: 0, olderThanDays: 0, isAgeGiven: true };
  const options = { ...ages, checksums: true, dryRun: false, args: [] };
  // Objects of other tests, whose rows were removed.
  await maintenance.run('sweep', options);
  const id = await processing();
  const { path } = await staging.receive('published', Readable.from(['bytes']), { maxBytes: 9 });
  const content = { sha256: 'a'.repeat(64), extension: 'jpg' };
  const key = storageKey({ id, storeId: 'ours', replaces: null }, content);
  await storage.publish(key, path);
  expect(await maintenance.run('verify', options)).toBe(true);
  await maintenance.run('sweep', options);
  expect(printed.at(-1)).toMatch(/^Removed 0 /);
  expect(await staging.sweep(-1000, await stagedUploads.namesInProcessing())).toBe(0);
  await storage.delete(key);
  release();
  await becomes(id, 'READY');
});

test('a file is not usable before it is READY', async () => {
  const id = await processing();
  const claim = async () => {
    const { data, errors } = await cms.graphql(
      `mutation ($input: [MediaUsageClaimInput!]!) { claimMediaUsages(input: $input) { userErrors { code } } }`,
      {
        input: [
          {
            mediaId: id,
            usageId: 'u',
            entityType: 'Thing',
            entityId: '1',
            role: 'MAIN',
            claimVersion: 1,
          },
        ],
      },
      { issuer: 'things', scope: 'media:usage' },
    );
    expect(errors).toBeUndefined();
    return data!['claimMediaUsages'].userErrors;
  };
  expect(await claim()).toEqual([{ code: 'INVALID' }]);
  release();
  await becomes(id, 'READY');
  expect(await claim()).toEqual([]);
});
