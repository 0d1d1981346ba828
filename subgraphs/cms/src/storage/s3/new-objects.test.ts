import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  ENCRYPTION_KEY,
  type ObjectStore,
  STORAGE_CLASS,
  noObjectStore,
  startObjectStore,
} from '@federated-media/stack/testing/object-store';
import { temporaryFolder as folderOfProcess } from '@federated-media/stack/testing/temporary-folder';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/folder.ts';
import { openStorage } from '../open-storage.ts';
import type { Staging } from '../staging.ts';
import { readStorageUrl } from '../storage-location.ts';
import { sendFile } from './send-file.ts';

const MEBIBYTE = 2 ** 20;
const NEVER = new AbortController().signal;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const reason = noObjectStore ? `: skipped, ${noObjectStore}` : '';

describe.skipIf(noObjectStore !== null)(`new objects in a bucket${reason}`, () => {
  let store: ObjectStore;
  let buckets = 0;

  beforeAll(async () => {
    store = await startObjectStore(await folderOfProcess());
    process.env['AWS_ACCESS_KEY_ID'] = store.accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = store.secretAccessKey;
  }, 180_000);
  afterAll(() => store.stop());

  /** The storage of a new bucket. @param parameters of STORAGE_URL */
  async function open(parameters = '') {
    const bucket = `new-${(buckets += 1)}`;
    const url = await store.createBucket(bucket);
    const folder = await temporaryFolder();
    const settings = {
      fallback: null,
      delivery: 'stream',
      location: readStorageUrl(`${url}${parameters}`),
      scratchFolder: join(folder, 'scratch'),
      cacheFolder: join(folder, 'cache'),
      cacheMaxBytes: 0,
      uploadRoute: 'direct',
    } as const;
    const s3 = new S3Client({
      endpoint: store.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
    });
    const logged: string[] = [];
    const logger = pino({ level: 'error' }, { write: (line) => void logged.push(line) });
    const opened = await openStorage(settings, logger);
    return {
      logged,
      ...opened,
      s3,
      bucket,
      async file(bytes: Uint8Array) {
        const path = join(folder, crypto.randomUUID());
        await writeFile(path, bytes);
        return path;
      },
      async keys() {
        const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
        return Contents.map(({ Key = '' }) => Key);
      },
      async head(key: string) {
        const { ServerSideEncryption, SSEKMSKeyId, StorageClass, Metadata, ContentLength } =
          await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return { ServerSideEncryption, SSEKMSKeyId, StorageClass, Metadata, ContentLength };
      },
    };
  }

  const IN_SETTINGS = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: ENCRYPTION_KEY } as const;
  const ENCRYPTED = `&encryption=aws:kms&kmsKeyId=${ENCRYPTION_KEY}&storageClass=${STORAGE_CLASS}`;
  const KEPT = { ...IN_SETTINGS, StorageClass: STORAGE_CLASS };

  test('files that are sent have the encryption and the class of the settings', async () => {
    const { storage, file, head } = await open(ENCRYPTED);
    for (const [key, byteSize] of [
      ['one', 1000],
      ['parts', 12 * MEBIBYTE],
    ] as const) {
      const bytes = randomBytes(byteSize);
      await storage.publish(key, await file(bytes));
      expect(await head(`objects/${key}`)).toMatchObject(KEPT);
      expect(sha256(await buffer((await storage.get(key))!))).toBe(sha256(bytes));
    }
  });

  test('staged bytes are encrypted, and files that are copied from them have the class as well', async () => {
    const { storage, staging, keys, head } = await open(ENCRYPTED);
    const bytes = randomBytes(9 * MEBIBYTE);
    const byteSize = bytes.length;
    const append = (position: number, end: number) =>
      staging.resumable.append('tus', Readable.from([bytes.subarray(position, end)]), {
        position,
        byteSize,
        hash: null,
      });

    await append(0, MEBIBYTE);
    expect(await keys()).toEqual(['staging/tus.tail']);
    expect(await head('staging/tus.tail')).toMatchObject(IN_SETTINGS);
    await append(MEBIBYTE, byteSize);
    await staging.resumable.finish('tus');

    const received = await staging.receive('cms', Readable.from([bytes]), { maxBytes: byteSize });
    await staging.share('cms', received);

    const { url, headers } = await directUpload(staging, bytes);
    const put = (sent: Record<string, string>, body = bytes) =>
      fetch(url, { method: 'PUT', headers: sent, body: new Uint8Array(body) });
    const all = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
    expect((await put({ 'content-type': 'image/png' })).status).toBe(403);
    expect((await put(all)).status).toBe(200);

    expect((await keys()).toSorted()).toEqual(['staging/cms', 'staging/direct', 'staging/tus']);
    for (const name of ['tus', 'cms', 'direct']) {
      expect(await head(`staging/${name}`)).toMatchObject(IN_SETTINGS);
      const isReplaceable = name === 'direct';
      const expected = { byteSize, sha256: sha256(bytes), isReplaceable };
      const staged = await staging.open(name, expected, NEVER);
      // This store does not copy encrypted objects, so the client could replace what is published.
      if (isReplaceable) {
        expect(staged).not.toHaveProperty('copy');
        expect((await put(all, randomBytes(byteSize))).status).toBe(200);
      }
      await storage.publish(name, staged!.path, { copy: staged!.copy });
      await staged!.release({ isPublished: true });
      expect(await head(`objects/${name}`)).toMatchObject(KEPT);
      expect(sha256(await buffer((await storage.get(name))!))).toBe(sha256(bytes));
    }
    expect((await keys()).toSorted()).toEqual(['objects/cms', 'objects/direct', 'objects/tus']);
  });

  test.for([
    { name: 'encrypted', parameters: ENCRYPTED, sent: IN_SETTINGS, kept: KEPT },
    { name: 'not encrypted', parameters: '', sent: {}, kept: {} },
  ])(
    'a large file, $name, is copied in parts, without what the client declared about it',
    { timeout: 180_000 },
    async ({ parameters, sent, kept }) => {
      const { storage, staging, head, s3, bucket } = await open(parameters);
      // More than two parts, and not a multiple.
      const chunk = randomBytes(MEBIBYTE);
      const count = 260;
      const hash = createHash('sha256');
      for (let index = 0; index < count; index += 1) hash.update(chunk);
      const byteSize = count * MEBIBYTE + 5;
      hash.update(chunk.subarray(0, 5));
      const sha256OfAll = hash.digest('hex');

      async function* body() {
        for (let index = 0; index < count; index += 1) yield chunk;
        yield chunk.subarray(0, 5);
      }
      const { path } = await staging.receive('local', Readable.from(body()), {
        maxBytes: byteSize,
      });
      const declared = { ...sent, Metadata: { declared: 'something' } };
      const target = { Bucket: bucket, Key: 'staging/large', ...declared };
      await sendFile(s3, target, { path, byteSize });

      const staged = await staging.open('large', { byteSize, sha256: sha256OfAll }, NEVER);
      await storage.publish('large', staged!.path, { copy: staged!.copy });
      await staged!.release({ isPublished: true });
      expect(await head('objects/large')).toMatchObject({
        ...kept,
        Metadata: {},
        ContentLength: byteSize,
      });
      const copied = createHash('sha256');
      for await (const bytes of (await storage.get('large'))!) copied.update(bytes);
      expect(copied.digest('hex')).toBe(sha256OfAll);
    },
  );

  test.for([
    ['a key', '&encryption=aws:kms&kmsKeyId=unknown', 'or the key of the encryption'],
    ['a class', '&storageClass=NOWHERE', 'does not accept the encryption or the storage class'],
  ])('%s that the store does not know ends the start', async ([, parameters = '', reason]) => {
    const error = await open(parameters).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ problems: [expect.stringContaining(reason ?? '')] });
  });

  test('a store that ignores the encryption is an error in the log', async () => {
    const { logged } = await open('&encryption=AES256');
    expect(logged.join('')).toContain('object store does not encrypt');
  });
});

function directUpload({ direct }: Staging, bytes: Uint8Array) {
  if (!direct) throw new Error('Clients cannot send bytes to the bucket.');
  const expiresAt = new Date(Date.now() + 60_000);
  return direct.open('direct', { byteSize: bytes.length, mimeType: 'image/png', expiresAt });
}
