import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { CreateMultipartUploadCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  type ObjectStore,
  noObjectStore,
  startObjectStore,
} from '@federated-media/stack/testing/object-store';
import { temporaryFolder as folderOfProcess } from '@federated-media/stack/testing/temporary-folder';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type FaultyProxy, openFaultyProxy } from '../../testing/faulty-proxy.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { storageContract } from '../../testing/storage-contract.ts';
import { openLocation } from '../open-storage.ts';
import { readStorageUrl } from '../storage-location.ts';

const logger = pino({ level: 'silent' });
let store: ObjectStore;
let buckets = 0;

describe.skipIf(noObjectStore !== null)(
  `with S3${noObjectStore ? `: ${noObjectStore}` : ''}`,
  () => {
    beforeAll(async () => {
      store = await startObjectStore(await folderOfProcess());
      process.env['AWS_ACCESS_KEY_ID'] = store.accessKeyId;
      process.env['AWS_SECRET_ACCESS_KEY'] = store.secretAccessKey;
    }, 180_000);
    afterAll(() => store.stop());

    const client = () =>
      new S3Client({ endpoint: store.endpoint, region: 'us-east-1', forcePathStyle: true });

    /** The URL of a new bucket. */
    async function createBucket({ endpoint = store.endpoint, prefix = 'some/prefix' } = {}) {
      const url = await store.createBucket(`bucket-${(buckets += 1)}`);
      return url.replace('?', `/${prefix}?`).replace(store.endpoint, endpoint);
    }

    async function open(url: string, { cacheMaxBytes = 100_000_000 } = {}) {
      const folder = await temporaryFolder();
      const cacheFolder = join(folder, 'cache');
      const location = readStorageUrl(url);
      const storage = await openLocation(location, { cacheFolder, cacheMaxBytes }, logger);
      async function publish(key: string, bytes: Buffer | string) {
        const path = join(folder, crypto.randomUUID());
        await writeFile(path, bytes);
        await storage.publish(key, path);
      }
      return { storage, publish, cacheFolder };
    }

    type Opened = Awaited<ReturnType<typeof open>>;

    storageContract('S3', async () => ({ storage: (await open(await createBucket())).storage }));

    test('publishes a file in several parts', async () => {
      const { storage, publish } = await open(await createBucket());
      const bytes = randomBytes(12_000_000);
      await publish('a', bytes);
      expect(bytes.equals(await buffer((await storage.get('a'))!))).toBe(true);
      expect(await storage.stat('a')).toEqual({ byteSize: bytes.length });
    });

    test('two prefixes of a bucket are separate', async () => {
      const url = await createBucket({ prefix: 'one' });
      const [one, other] = [await open(url), await open(url.replace('/one?', '/other?'))];
      await one.publish('a/b', 'bytes');
      expect(await other.storage.stat('a/b')).toBeNull();
      expect(await Array.fromAsync(other.storage.list(''))).toEqual([]);
    });

    test('a copy is downloaded once, remains when it is evicted, and is removed when it is closed', async () => {
      const url = await createBucket();
      const { publish } = await open(url);
      for (const key of ['a', 'b', 'c']) await publish(key, key.repeat(1000));
      const { storage, cacheFolder } = await open(url, { cacheMaxBytes: 1500 });
      const [first, second] = await Promise.all([
        storage.openLocalCopy('a'),
        storage.openLocalCopy('a'),
      ]);
      expect((await stat(first!.path)).ino).toBe((await stat(second!.path)).ino);
      for (const key of ['b', 'c'])
        await (await storage.openLocalCopy(key))![Symbol.asyncDispose]();
      expect((await stat(first!.path)).size).toBe(1000);
      await expect.poll(() => readdir(join(cacheFolder, 'entries'))).toHaveLength(1);
      for (const copy of [first, second]) await copy![Symbol.asyncDispose]();
      await expect.poll(() => readdir(join(cacheFolder, 'copies'))).toEqual([]);
    });

    test('deleting an object removes its copy', async () => {
      const { storage, publish } = await open(await createBucket());
      await publish('a', 'bytes');
      await using copy = await storage.openLocalCopy('a');
      expect(copy).not.toBeNull();
      await storage.delete('a');
      expect(await storage.openLocalCopy('a')).toBeNull();
    });

    test('does not list objects of other programs', async () => {
      const url = await createBucket();
      const { storage, publish } = await open(url);
      await publish('a', 'bytes');
      const Bucket = new URL(url).hostname;
      for (const name of ['', 'b', 'objects/', 'objects/b c'])
        await client().send(
          new PutObjectCommand({ Bucket, Key: `some/prefix/${name}`, Body: 'x' }),
        );
      expect((await Array.fromAsync(storage.list(''))).map(({ key }) => key)).toEqual(['a']);
    });

    test('an object is stored although it cannot be added to the cache', async () => {
      const { storage, publish, cacheFolder } = await open(await createBucket());
      await writeFile(cacheFolder, 'not a folder');
      await publish('a', 'bytes');
      expect(await storage.stat('a')).toEqual({ byteSize: 5 });
    });

    test('removes uploads that were interrupted', async () => {
      const url = await createBucket();
      const { storage } = await open(url);
      const Bucket = new URL(url).hostname;
      await client().send(
        new CreateMultipartUploadCommand({ Bucket, Key: 'some/prefix/objects/a' }),
      );
      await client().send(new CreateMultipartUploadCommand({ Bucket, Key: 'some/prefix/a' }));
      expect(await storage.removeUnfinished(new Date(Date.now() - 60_000))).toBe(0);
      expect(await storage.removeUnfinished(new Date(Date.now() + 60_000))).toBe(1);
      expect(await storage.removeUnfinished(new Date(Date.now() + 60_000))).toBe(0);
    });

    describe('when the connection fails', () => {
      let proxy: FaultyProxy;
      beforeAll(async () => {
        proxy = await openFaultyProxy(store.endpoint);
      });
      afterAll(() => proxy.close());

      async function openBehindProxy(bytes: Buffer) {
        const url = await createBucket({ endpoint: proxy.url });
        const opened = await open(url);
        await opened.publish('a', bytes);
        return opened;
      }
      const bytes = randomBytes(3_000_000);

      test('a download that is cut goes on where it was', async () => {
        const { storage } = await openBehindProxy(bytes);
        proxy.cutNext({ responses: 3, afterBytes: 700_000 });
        expect(bytes.equals(await buffer((await storage.get('a'))!))).toBe(true);
        proxy.cutNext({ responses: 1, afterBytes: 300_000 });
        const range = await buffer((await storage.get('a', { start: 5, end: 1_000_000 }))!);
        expect(range.equals(bytes.subarray(5, 1_000_001))).toBe(true);
      });

      test('a download that stays cut ends with an error, never early', async () => {
        const { storage } = await openBehindProxy(bytes);
        proxy.cutNext({ responses: 1_000, afterBytes: 0 });
        await expect(storage.get('a').then((stream) => buffer(stream!))).rejects.toMatchObject({
          statusCode: 503,
        });
        proxy.cutNext({ responses: 0 });
      });

      test('a copy is not kept if its download failed', async () => {
        const url = await createBucket();
        await (await open(url)).publish('a', bytes);
        const { storage } = await open(url.replace(store.endpoint, proxy.url));
        proxy.cutNext({ responses: 1_000, afterBytes: 1_000 });
        await expect(storage.openLocalCopy('a')).rejects.toMatchObject({ statusCode: 503 });
        proxy.cutNext({ responses: 0 });
        await using copy = await storage.openLocalCopy('a');
        expect((await stat(copy!.path)).size).toBe(bytes.length);
      });

      test('a download that stalls goes on where it was', async () => {
        const { storage } = await openBehindProxy(bytes);
        proxy.stallNext({ responses: 1, afterBytes: 700_000 });
        expect(bytes.equals(await buffer((await storage.get('a'))!))).toBe(true);
      });

      test('an upload in parts is stored although the response to its end is lost', async () => {
        const { storage, publish } = await openBehindProxy(bytes);
        const before = proxy.failed;
        proxy.loseCompletion();
        await publish('b', randomBytes(11_000_000));
        expect(proxy.failed - before).toBe(1);
        expect(await storage.stat('b')).toEqual({ byteSize: 11_000_000 });
        expect(await storage.removeUnfinished(new Date(Date.now() + 60_000))).toBe(0);
      });

      const operations: [string, (opened: Opened) => Promise<unknown>, expected: unknown][] = [
        ['stat', ({ storage }) => storage.stat('a'), { byteSize: bytes.length }],
        [
          'get',
          async ({ storage }) => (await buffer((await storage.get('a'))!)).equals(bytes),
          true,
        ],
        ['publish', ({ publish }) => publish('b', bytes), undefined],
        ['publish in parts', ({ publish }) => publish('c', randomBytes(11_000_000)), undefined],
        [
          'list',
          async ({ storage }) => (await Array.fromAsync(storage.list('a'))).map(({ key }) => key),
          ['a'],
        ],
        ['delete', ({ storage }) => storage.delete('never-was'), undefined],
      ];

      describe.each(operations)('%s', (_name, run, expected) => {
        test.for(['SlowDown', 'InternalError', 'reset'] as const)(
          'is repeated twice after %s, and then ends with 503',
          async (fault) => {
            const opened = await openBehindProxy(bytes);
            const before = proxy.failed;
            proxy.failNext(2, fault);
            expect(await run(opened)).toEqual(expected);
            expect(proxy.failed - before).toBe(2);
            proxy.failNext(1_000, fault);
            await expect(run(opened)).rejects.toMatchObject({ statusCode: 503 });
            proxy.failNext(0, fault);
            // Nothing was published by half.
            for (const key of ['b', 'c'])
              expect([null, 3_000_000, 11_000_000]).toContain(
                (await opened.storage.stat(key))?.byteSize ?? null,
              );
          },
        );
      });

      // Three attempts of five seconds each, and the pauses between them.
      test('requests without a response are repeated, and end with 503', async () => {
        const opened = await openBehindProxy(bytes);
        proxy.failNext(operations.length, 'silence');
        for (const [index, result] of (
          await Promise.all(operations.map(([, run]) => run(opened)))
        ).entries())
          expect(result, operations[index]?.[0]).toEqual(operations[index]?.[2]);
        proxy.failNext(1_000, 'silence');
        const ended = await Promise.allSettled(operations.map(([, run]) => run(opened)));
        proxy.failNext(0, 'silence');
        for (const [index, result] of ended.entries())
          expect(result, operations[index]?.[0]).toMatchObject({
            status: 'rejected',
            reason: { statusCode: 503 },
          });
      }, 120_000);
    });

    test('starts while the store does not respond', async () => {
      const url = await createBucket({ endpoint: 'http://127.0.0.1:9' });
      const { storage } = await open(url);
      await expect(storage.stat('a')).rejects.toMatchObject({ statusCode: 503 });
    });

    test('starts while the store accepts connections and does not respond', async () => {
      const silent = createServer().listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const address = silent.address();
      const port = typeof address === 'object' ? address?.port : 0;
      const warnings: unknown[] = [];
      const url = await createBucket({ endpoint: `http://127.0.0.1:${port}` });
      const folders = { cacheFolder: await temporaryFolder(), cacheMaxBytes: 0 };
      const log = pino({ level: 'warn' }, { write: (line) => warnings.push(JSON.parse(line)) });
      const storage = await openLocation(readStorageUrl(url), folders, log);
      expect(warnings).toMatchObject([{ msg: 'object store does not respond' }]);
      await expect(storage.stat('a')).rejects.toMatchObject({ statusCode: 503 });
      silent.close();
    }, 60_000);

    test('works although the clock of this machine is wrong', async () => {
      const url = await createBucket();
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
      try {
        const { storage, publish } = await open(url);
        await publish('a', 'bytes');
        expect(await storage.stat('a')).toEqual({ byteSize: 5 });
      } finally {
        vi.useRealTimers();
      }
    });

    describe('reports at start', () => {
      test.for([
        ['PermanentRedirect', 301],
        ['AuthorizationHeaderMalformed', 400],
        ['RequestTimeTooSkewed', 403],
      ] as const)('%s of AWS, in one line', async ([code, status]) => {
        const aws = createHttpServer((request, response) => {
          request.resume();
          response.writeHead(status, { 'content-type': 'application/xml' });
          response.end(`<Error><Code>${code}</Code><Message>Not here.</Message></Error>`);
        }).listen(0, '127.0.0.1');
        await once(aws, 'listening');
        const address = aws.address();
        const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
        try {
          const reason = code === 'RequestTimeTooSkewed' ? 'clocks' : 'is in another region';
          await expect(open(await createBucket({ endpoint }))).rejects.toThrow(reason);
        } finally {
          aws.closeAllConnections();
          aws.close();
        }
      });

      test.for([
        ['s3:PutObject', 'do not allow to write'],
        ['s3:GetObject', 'do not allow to write, read'],
        ['s3:ListBucket', 'do not allow to write, read, list'],
        ['s3:DeleteObject', 'do not allow to write, read, list and delete'],
      ] as const)('a bucket that denies %s, in one line', async ([action, message]) => {
        const url = await createBucket();
        await store.deny(new URL(url).hostname, action);
        const error = await open(url).then(
          () => null,
          (reason: unknown) => reason,
        );
        expect(error).toMatchObject({ problems: [expect.stringContaining(message)] });
        expect(String(error)).toMatch(/^SettingsError: Invalid settings:\n.*$/);
      });

      test.for([
        [
          'a missing bucket',
          (url: string) => url.replace(/bucket-\d+/, 'nowhere'),
          'does not exist',
        ],
      ] as const)('%s', async ([, change, message]) => {
        const url = change(await createBucket());
        await expect(open(url)).rejects.toThrow(message);
      });

      test.for([
        ['an unknown access key', { AWS_ACCESS_KEY_ID: 'someone' }, 'does not know the access key'],
        [
          'a wrong secret key',
          { AWS_SECRET_ACCESS_KEY: 'wrong' },
          'does not accept the secret key',
        ],
      ] as const)('%s', async ([, changes, message]) => {
        const url = await createBucket();
        const before = { ...process.env };
        Object.assign(process.env, changes);
        try {
          await expect(open(url)).rejects.toThrow(message);
        } finally {
          for (const name of Object.keys(changes)) process.env[name] = before[name];
        }
      });
    });
  },
);
