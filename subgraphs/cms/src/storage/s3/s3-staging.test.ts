import { createHash, randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  type ObjectStore,
  noObjectStore,
  startObjectStore,
} from '@federated-media/stack/testing/object-store';
import { temporaryFolder as folderOfProcess } from '@federated-media/stack/testing/temporary-folder';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openFaultyProxy } from '../../testing/faulty-proxy.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { openStorage } from '../open-storage.ts';
import { readStorageUrl } from '../storage-location.ts';

const MEBIBYTE = 2 ** 20;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const reason = noObjectStore ? `: skipped, ${noObjectStore}` : '';
const NEVER = new AbortController().signal;

describe.skipIf(noObjectStore !== null)(`staged bytes in a bucket${reason}`, () => {
  let store: ObjectStore;
  let buckets = 0;

  beforeAll(async () => {
    store = await startObjectStore(await folderOfProcess());
    process.env['AWS_ACCESS_KEY_ID'] = store.accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = store.secretAccessKey;
  }, 180_000);
  afterAll(() => store.stop());

  /** The staging of a new bucket, behind a proxy that fails on request. */
  async function open({ uploadRoute = 'direct' }: { uploadRoute?: 'direct' | 'cms' } = {}) {
    const bucket = `staging-${(buckets += 1)}`;
    const url = await store.createBucket(bucket);
    const proxy = await openFaultyProxy(store.endpoint);
    onTestFinished(() => proxy.close());
    const folder = await temporaryFolder();
    const scratchFolder = join(folder, 'scratch');
    const logged: string[] = [];
    const settings = {
      fallback: null,
      delivery: 'stream',
      location: readStorageUrl(url.replace(store.endpoint, proxy.url)),
      scratchFolder,
      cacheFolder: join(folder, 'cache'),
      cacheMaxBytes: 1e9,
      uploadRoute,
    } as const;
    const logger = pino({ level: 'warn' }, { write: (line) => void logged.push(line) });
    const { staging } = await openStorage(settings, logger);
    const s3 = new S3Client({
      endpoint: store.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
    });
    return {
      staging,
      proxy,
      scratchFolder,
      logged,
      put: (name: string, bytes: Uint8Array) =>
        s3.send(new PutObjectCommand({ Bucket: bucket, Key: `staging/${name}`, Body: bytes })),
      async keys() {
        const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
        return Contents.map(({ Key = '' }) => Key);
      },
    };
  }

  test('warns if presigned URLs can be used to copy other objects, and leaves nothing', async () => {
    const direct = await open();
    expect(direct.logged).toEqual([expect.stringContaining('UPLOAD_ROUTE=cms')]);
    expect(await direct.keys()).toEqual([]);
    const received = await open({ uploadRoute: 'cms' });
    expect(received.logged).toEqual([]);
  });

  test('a copy that is opened leaves nothing when its download is ended', async () => {
    const { staging, proxy, put, keys } = await open();
    const bytes = randomBytes(MEBIBYTE);
    await put('a', bytes);
    const expected = { byteSize: bytes.length, sha256: null, isReplaceable: true };
    const ending = new AbortController();
    proxy.stallNext({ responses: 1, afterBytes: 1000 });
    const opening = staging.open('a', expected, ending.signal).catch((error: unknown) => error);
    await expect.poll(keys).toHaveLength(2);
    ending.abort(new Error('ended'));
    expect(await opening).toMatchObject({ message: 'ended' });
    expect(await keys()).toEqual(['staging/a']);
    await expect(staging.open('a', expected, ending.signal)).rejects.toThrow('ended');
    expect(await keys()).toEqual(['staging/a']);
  });

  test('shared bytes are not kept on the machine that has received them', async () => {
    const { staging, scratchFolder, keys } = await open({ uploadRoute: 'cms' });
    const body = Readable.from([randomBytes(1000)]);
    const received = await staging.receive('a', body, { maxBytes: 1000 });
    await staging.share('a', received);
    expect(await readdir(scratchFolder)).toEqual([]);
    expect(await keys()).toEqual(['staging/a']);
    const staged = await staging.open('a', received, NEVER);
    expect(staged).toMatchObject({ byteSize: 1000, sha256: received.sha256 });
    await staged!.release({ isPublished: true });
    expect([await readdir(scratchFolder), await keys()]).toEqual([[], []]);
  });

  test('no part is stored behind one that failed, so that a shorter one can replace it', async () => {
    const { staging, proxy } = await open();
    const { resumable } = staging;
    const bytes = randomBytes(30 * MEBIBYTE);
    const byteSize = bytes.length;
    const append = (position: number, end: number) =>
      resumable.append('a', Readable.from([bytes.subarray(position, end)]), {
        position,
        byteSize,
        hash: null,
      });
    expect(await append(0, 8 * MEBIBYTE)).toBe(8 * MEBIBYTE);
    proxy.failAll(/partNumber=2/);
    await expect(append(8 * MEBIBYTE, byteSize)).rejects.toMatchObject({
      name: 'StorageUnavailableError',
    });
    proxy.failAll(null);
    expect(await resumable.size('a')).toBe(8 * MEBIBYTE);
    expect(await append(8 * MEBIBYTE, 14 * MEBIBYTE)).toBe(14 * MEBIBYTE);
    expect(await resumable.size('a')).toBe(14 * MEBIBYTE);
    expect(await append(14 * MEBIBYTE, byteSize)).toBe(byteSize);
    await resumable.finish('a');
    const staged = await staging.open('a', { byteSize, sha256: null }, NEVER);
    expect(staged?.sha256).toBe(sha256(bytes));
    expect(sha256(await readFile(staged!.path))).toBe(sha256(bytes));
  });
});
