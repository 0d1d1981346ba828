import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  type ObjectStore,
  noObjectStore,
  startObjectStore,
} from '@federated-media/stack/testing/object-store';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { openBucket } from '../../../testing/bucket-cms.ts';
import { type StagedClient, createStagedClient } from '../testing/staged-client.ts';

const reason = noObjectStore ? `: skipped, ${noObjectStore}` : '';
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe.skipIf(noObjectStore !== null)(`uploads straight to a bucket${reason}`, () => {
  let store: ObjectStore;
  let cms: RunningCms;
  let other: RunningCms;
  let client: StagedClient;
  let otherClient: StagedClient;
  let jpeg: Uint8Array<ArrayBuffer>;
  let verifying = async () => {};
  let openBytes: Awaited<ReturnType<typeof openBucket>>;

  beforeAll(async () => {
    store = await startObjectStore(await temporaryFolder());
    jpeg = await drawJpeg(200, 200);
    openBytes = await openBucket(store, { bucket: 'direct' });
    cms = await runCms({ openBytes, uploadMaxBytes: 10_000_000, verifying: () => verifying() });
    other = await runCms({ openBytes, besides: cms, uploadMaxBytes: 10_000_000 });
    [client, otherClient] = [createStagedClient(cms), createStagedClient(other)];
  }, 180_000);
  beforeEach(async () => {
    verifying = async () => {};
    await cms.store.pool.query('TRUNCATE stores, media_files, uploads CASCADE');
  });
  afterAll(async () => {
    await other.close();
    await cms.close();
    await store.stop();
  });

  const s3 = () =>
    new S3Client({ endpoint: store.endpoint, region: 'us-east-1', forcePathStyle: true });
  const keys = async (prefix: string) => {
    const list = new ListObjectsV2Command({ Bucket: 'direct', Prefix: prefix });
    return ((await s3().send(list)).Contents ?? []).map(({ Key = '' }) => Key);
  };
  /** As the client of the URL must send it. */
  const put = (
    { url, headers }: { url: string; headers: { name: string; value: string }[] },
    bytes: Uint8Array<ArrayBuffer>,
  ) => client.put(url, bytes, Object.fromEntries(headers.map(({ name, value }) => [name, value])));

  test('bytes go to the bucket, and any node completes the upload', async () => {
    const staged = await client.stage(jpeg);
    expect(new URL(staged.url).origin).toBe(store.endpoint);
    expect((await put(staged, jpeg)).status).toBe(200);
    const { mediaFile, userErrors } = await otherClient.complete({ id: staged.id });
    expect(userErrors).toEqual([]);
    expect(mediaFile).toMatchObject({ id: staged.id, checksum: sha256(jpeg) });
    const served = new Uint8Array(await (await fetch(mediaFile.url)).arrayBuffer());
    expect(sha256(served)).toBe(sha256(jpeg));
    expect(await keys('staging/')).toEqual([]);
    expect((await otherClient.complete({ id: staged.id })).mediaFile).toEqual(mediaFile);
  });

  test('URLs lead to the endpoint that clients reach', async () => {
    const publicEndpoint = store.endpoint.replace('127.0.0.1', 'localhost');
    const parameters = `&publicEndpoint=${publicEndpoint}`;
    const behind = await runCms({
      openBytes: await openBucket(store, { bucket: 'behind', parameters }),
      besides: cms,
    });
    onTestFinished(() => behind.close());
    const clientBehind = createStagedClient(behind);
    const staged = await clientBehind.stage(jpeg);
    expect(new URL(staged.url).origin).toBe(publicEndpoint);
    expect((await put(staged, jpeg)).status).toBe(200);
    const { mediaFile } = await clientBehind.complete({ id: staged.id });
    expect(mediaFile).toMatchObject({ id: staged.id, checksum: sha256(jpeg) });
  });

  test('another length or type, or an expired URL, is refused by the store', async () => {
    const staged = await client.stage(jpeg);
    const type = { 'content-type': 'image/jpeg' };
    expect((await client.put(staged.url, jpeg.slice(1), type)).status).toBe(403);
    expect((await client.put(staged.url, new Uint8Array([...jpeg, 0]), type)).status).toBe(403);
    expect((await client.put(staged.url, jpeg, { 'content-type': 'text/html' })).status).toBe(403);
    expect((await client.put(staged.url, jpeg)).status).toBe(403);
    const expired = staged.url.replace(/X-Amz-Date=\d+T\d+Z/, 'X-Amz-Date=20200101T000000Z');
    expect((await client.put(expired, jpeg, type)).status).toBe(403);
    expect(await keys('staging/')).toEqual([]);
    expect((await client.complete({ id: staged.id })).userErrors).toMatchObject([
      { code: 'UPLOAD_INCOMPLETE' },
    ]);
    expect((await put(staged, jpeg)).status).toBe(200);
    expect((await client.complete({ id: staged.id })).mediaFile).toMatchObject({ id: staged.id });
  });

  test('bytes that are sent again before the completion replace the first ones', async () => {
    const staged = await client.stage(jpeg);
    await put(staged, new Uint8Array(jpeg.length));
    expect((await client.complete({ id: staged.id })).userErrors).toMatchObject([
      { code: 'UNSUPPORTED_TYPE' },
    ]);
    await put(staged, jpeg);
    const { mediaFile } = await otherClient.complete({ id: staged.id, onDuplicate: 'REUSE' });
    expect(mediaFile).toMatchObject({ checksum: sha256(jpeg) });
  });

  test('bytes that are sent during the completion are not published', async () => {
    const staged = await client.stage(jpeg);
    const brighter = new Uint8Array(jpeg);
    const quantum = Buffer.from(jpeg).indexOf(Buffer.from([0xff, 0xdb])) + 5;
    brighter.set([jpeg[quantum]! + 1], quantum);
    await put(staged, jpeg);
    verifying = async () => void (await put(staged, brighter));
    const { mediaFile } = await client.complete({ id: staged.id });
    expect(mediaFile).toMatchObject({ checksum: sha256(jpeg) });
    const [key = ''] = await keys(`objects/ours/${staged.id}`);
    const object = await s3().send(new GetObjectCommand({ Bucket: 'direct', Key: key }));
    expect(sha256((await object.Body?.transformToByteArray())!)).toBe(sha256(jpeg));
    expect(await keys(`staging/${staged.id}`)).toEqual([]);
  });

  test('an idempotency key covers bytes that were hashed at the completion', async () => {
    const [first, second] = [await client.stage(jpeg), await client.stage(jpeg)];
    for (const staged of [first, second]) await put(staged, jpeg);
    const complete = (id: string) => otherClient.complete({ id, idempotencyKey: 'once' });
    const { mediaFile } = await complete(first.id);
    expect(mediaFile).toMatchObject({ id: first.id });
    expect((await complete(first.id)).mediaFile).toEqual(mediaFile);
    expect(await complete(second.id)).toMatchObject({ userErrors: [], mediaFile });
    const others = await drawJpeg(200, 200);
    const third = await client.stage(others);
    expect((await put(third, others)).status).toBe(200);
    expect((await complete(third.id)).userErrors).toMatchObject([{ code: 'IDEMPOTENCY_MISMATCH' }]);
    expect(await keys('staging/')).not.toContain(`staging/${second.id}`);
  });

  test('an idempotency key covers an upload that is PROCESSING before its bytes are read', async () => {
    const hasty = await runCms({ openBytes, besides: cms, completionPatienceMs: 0 });
    onTestFinished(() => hasty.close());
    const staged = await client.stage(jpeg);
    await put(staged, jpeg);
    const complete = () =>
      createStagedClient(hasty).complete({ id: staged.id, idempotencyKey: 'early' });
    expect(await complete()).toMatchObject({ mediaFile: { id: staged.id }, userErrors: [] });
    const status = async () =>
      (await cms.graphql(`{ mediaFile(id: "${staged.id}") { status checksum } }`)).data![
        'mediaFile'
      ];
    await expect.poll(status).toEqual({ status: 'READY', checksum: sha256(jpeg) });
    expect(await complete()).toMatchObject({ mediaFile: { id: staged.id }, userErrors: [] });
    // As if they had been read between the decision to continue in the background and its statement.
    const known = 'UPDATE uploads SET staged_sha256 = $2 WHERE id = $1';
    await cms.store.pool.query(known, [staged.id, sha256(jpeg)]);
    expect(await complete()).toMatchObject({ mediaFile: { id: staged.id }, userErrors: [] });
    expect(await keys('staging/')).not.toContain(`staging/${staged.id}`);
  });

  test('bytes that do not match the declared checksum have to be sent again', async () => {
    const staged = await client.stage(jpeg, { checksum: sha256(jpeg) });
    await put(staged, new Uint8Array(jpeg.length));
    expect((await client.complete({ id: staged.id })).userErrors).toMatchObject([
      { code: 'UPLOAD_INCOMPLETE', message: expect.stringContaining('checksum') },
    ]);
    await put(staged, jpeg);
    expect((await client.complete({ id: staged.id })).mediaFile).toMatchObject({ id: staged.id });
  });

  test('the declared size counts in the quota from the start, exactly', async () => {
    await cms.store.pool.query(`INSERT INTO stores (id, quota_bytes) VALUES ('ours', 2500)`);
    const input = { filename: 'a.jpg', mimeType: 'image/jpeg', fileSize: 1000 };
    const { data } = await client.create([input, input, input]);
    const created: { userErrors: { code: string }[] }[] = data!['createStagedUploads'];
    expect(created.map(({ userErrors }) => userErrors.map(({ code }) => code))).toEqual([
      [],
      [],
      ['QUOTA_EXCEEDED'],
    ]);
    expect(await cms.store.count('uploads')).toBe(2);
    await cms.store.pool.query(`UPDATE uploads SET expires_at = now() - interval '1 second'`);
    await other.recover();
    const again = await client.create([input]);
    expect(again.data!['createStagedUploads']).toMatchObject([{ userErrors: [] }]);
  });

  test('an expired upload cannot be completed and leaves nothing', async () => {
    const staged = await client.stage(jpeg);
    await put(staged, jpeg);
    await cms.store.pool.query(`UPDATE uploads SET expires_at = now() - interval '1 second'`);
    expect((await client.complete({ id: staged.id })).userErrors).toMatchObject([
      { code: 'UPLOAD_EXPIRED' },
    ]);
    expect(await keys('staging/')).toContain(`staging/${staged.id}`);
    await other.recover();
    expect(await keys('staging/')).not.toContain(`staging/${staged.id}`);
  });

  test('bytes that are sent after an existing file was returned count until the URL expires, and are then removed', async () => {
    await cms.store.pool.query(`INSERT INTO stores (id, quota_bytes) VALUES ('ours', $1)`, [
      Math.round(jpeg.length * 2.5),
    ]);
    const first = await client.stage(jpeg);
    await put(first, jpeg);
    expect((await client.complete({ id: first.id })).userErrors).toEqual([]);
    // It counts with its file.
    const staged = await client.stage(jpeg);
    await put(staged, jpeg);
    const { mediaFile } = await client.complete({ id: staged.id, onDuplicate: 'REUSE' });
    expect(mediaFile).toMatchObject({ id: first.id });
    expect((await put(staged, jpeg)).status).toBe(200);
    const input = { filename: 'a.jpg', mimeType: 'image/jpeg', fileSize: jpeg.length };
    const refused = (await client.create([input])).data!['createStagedUploads'];
    expect(refused).toMatchObject([{ userErrors: [{ code: 'QUOTA_EXCEEDED' }] }]);
    await other.recover();
    expect(await keys('staging/')).toContain(`staging/${staged.id}`);

    await cms.store.pool.query(`UPDATE uploads SET expires_at = now()`);
    await other.recover();
    expect(await keys('staging/')).not.toContain(`staging/${staged.id}`);
    expect((await client.create([input])).data!['createStagedUploads']).toMatchObject([
      { userErrors: [] },
    ]);
    expect((await client.complete({ id: staged.id })).mediaFile).toMatchObject({ id: first.id });
  });

  test('an upload whose process was killed counts and can be sent again while its URL is valid', async () => {
    const staged = await client.stage(jpeg);
    await put(staged, jpeg);
    await cms.store.pool.query(
      `UPDATE uploads SET state = 'RESERVED', staged_name = id::text, staged_size = declared_size,
        receiving_name = NULL, seen_at = now() - interval '1 hour'`,
    );
    await s3().send(new DeleteObjectCommand({ Bucket: 'direct', Key: `staging/${staged.id}` }));
    const counted = async () => {
      const { rows } = await cms.store.pool.query(`SELECT staged_bytes('ours')::int AS bytes`);
      return rows[0].bytes;
    };
    expect(await counted()).toBe(jpeg.length);
    await other.recover();
    expect(await counted()).toBe(jpeg.length);
    await put(staged, jpeg);
    expect((await client.complete({ id: staged.id })).mediaFile).toMatchObject({ id: staged.id });
  });

  test('nothing is left on the machines that complete', async () => {
    const entries = await readdir(cms.folder, { recursive: true, withFileTypes: true });
    const scratch = entries.filter((entry) => entry.parentPath.includes('scratch'));
    expect(scratch.filter((entry) => entry.isFile())).toEqual([]);
  });

  test('sanitized bytes are published instead of those that were sent', async () => {
    const svg = new TextEncoder().encode(
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>1</script><rect width="9" height="9"/></svg>',
    );
    const given = { filename: 'a.svg', mimeType: 'image/svg+xml' };
    const staged = await client.stage(svg, given);
    await put(staged, svg);
    const { mediaFile, userErrors } = await client.complete({ id: staged.id });
    expect(userErrors).toEqual([]);
    const text = await (await fetch(mediaFile.url)).text();
    expect(text).toContain('<rect');
    expect(text).not.toContain('script');
  });
});

describe.skipIf(noObjectStore !== null)(`uploads through the CMS to a bucket${reason}`, () => {
  test('any node completes an upload that another one has received', async () => {
    const store = await startObjectStore(await temporaryFolder());
    onTestFinished(() => store.stop());
    const openBytes = await openBucket(store, { bucket: 'received', uploadRoute: 'cms' });
    const cms = await runCms({ openBytes });
    const other = await runCms({ openBytes, besides: cms });
    onTestFinished(async () => {
      await other.close();
      await cms.close();
    });
    const jpeg = await drawJpeg(200, 200);
    const client = createStagedClient(cms);
    for (const completing of [other, cms]) {
      const { id, url } = await client.stage(jpeg);
      expect(new URL(url).origin).toBe(cms.url);
      expect((await client.put(url, jpeg)).status).toBe(200);
      const { mediaFile } = await createStagedClient(completing).complete({ id });
      expect(mediaFile).toMatchObject({ id, checksum: sha256(jpeg) });
      const served = new Uint8Array(await (await fetch(mediaFile.url)).arrayBuffer());
      expect(sha256(served)).toBe(sha256(jpeg));
    }
  }, 180_000);
});
