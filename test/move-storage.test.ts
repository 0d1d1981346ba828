import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '@federated-media/stack/ports';
import { projectRoot } from '@federated-media/stack/project';
import { type ModuleProcess, startModule } from '@federated-media/stack/stack/module-process';
import { mainOf } from '@federated-media/stack/subgraphs';
import { type TestDatabase, createTestDatabase } from '@federated-media/stack/test-database';
import {
  type ObjectStore,
  noObjectStore,
  startObjectStore,
} from '@federated-media/stack/testing/object-store';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { plainJpeg } from './support/pictures.ts';

const reason = noObjectStore ? `: skipped, ${noObjectStore}` : '';
const SECRET = 'a secret that is long enough for tests';
const NODES = [0, 1];
const BEFORE = 30;
const PAUSE_MS = 20;
const TIMEOUT_MS = 400_000;

const Uploaded = z.object({
  data: z.object({
    uploadMedia: z.object({ mediaFile: z.object({ url: z.string() }) }),
  }),
});

describe.skipIf(noObjectStore !== null)(`a library that moves to another storage${reason}`, () => {
  let objectStore: ObjectStore;
  let database: TestDatabase;
  let folder: string;
  let bucketUrl: string;
  let common: Record<string, string | undefined>;

  beforeAll(async () => {
    folder = await temporaryFolder();
    objectStore = await startObjectStore(await temporaryFolder());
    bucketUrl = await objectStore.createBucket('moved');
    database = await createTestDatabase('cms');
    common = {
      PATH: process.env['PATH'],
      LOG_LEVEL: 'warn',
      DATA_DIR: join(folder, 'data'),
      CMS_DATABASE_URL: database.url,
      INTERNAL_SECRET: SECRET,
      URL_SIGNING_SECRET: `${SECRET} as well`,
      SCRATCH_DIR: join(folder, 'first'),
      AWS_ACCESS_KEY_ID: objectStore.accessKeyId,
      AWS_SECRET_ACCESS_KEY: objectStore.secretAccessKey,
    };
  }, 180_000);
  afterAll(async () => {
    await objectStore.stop();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  test(
    'no request fails while two processes switch from a folder to a bucket',
    { timeout: TIMEOUT_MS },
    async () => {
      const folderUrl = `file://${join(folder, 'first')}`;
      const nodes = await startNodes(common, { STORAGE_URL: folderUrl });
      try {
        for (let count = 0; count < BEFORE; count += 1) await nodes.upload();
        const load = nodes.load();
        await nodes.restartAll({ STORAGE_URL: folderUrl, STORAGE_FALLBACK_URL: bucketUrl });
        await nodes.restartAll({ STORAGE_URL: bucketUrl, STORAGE_FALLBACK_URL: folderUrl });

        const copied = async () =>
          Number(
            /^(\d+) copied/m.exec((await cms('copy-storage', folderUrl, bucketUrl)).stdout)?.[1],
          );
        await killDuringCopy(folderUrl, bucketUrl);
        const left = await copied();
        expect(left).toBeGreaterThan(0);
        expect(left).toBeLessThan(nodes.urls.length);
        expect(await copied()).toBe(0);

        await nodes.restartAll({ STORAGE_URL: bucketUrl });
        expect(await load.stop()).toEqual([]);
        expect(nodes.urls.length).toBeGreaterThan(BEFORE);
      } finally {
        await nodes.stop();
      }
      await rm(join(folder, 'first/objects'), { recursive: true });
      const verified = await cms('verify', '--checksums', { STORAGE_URL: bucketUrl });
      expect(verified.stdout).not.toMatch(/missing|size |checksum /);
      expect(verified.stdout).toContain(`${nodes.urls.length} rows`);
    },
  );

  test('a bucket is copied to a folder, and again with checksums', async () => {
    const url = `file://${join(folder, 'second')}`;
    const first = await cms('copy-storage', bucketUrl, url, '--at-once', '3');
    expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/ 0 failed\.\n$/) });
    const again = await cms('copy-storage', bucketUrl, url, '--checksums');
    expect(again.stdout).toMatch(/^0 copied, \d+ already there, 0 purged meanwhile, 0 failed\.$/m);
    const verified = await cms('verify', '--checksums', { STORAGE_URL: url });
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('no faults.') });
  });

  test('wrong arguments are reported in one line', async () => {
    const url = `file://${join(folder, 'second')}`;
    for (const [args, message] of [
      [[url, url], '<from> and <to> are the same'],
      [['ftp://a', url], '<from> must be a folder'],
      [[url], 'copy-storage has 2 arguments'],
      [[url, bucketUrl, '--at-once', '0'], '--at-once must be between 1 and 64'],
    ] as const) {
      const { code, stderr } = await cms('copy-storage', ...args);
      expect(code).toBeGreaterThan(0);
      expect(stderr).toContain(message);
    }
  });

  /** Kills a copy that has copied some files. */
  async function killDuringCopy(from: string, to: string) {
    const copy = spawn(
      process.execPath,
      [mainOf('cms', 'maintenance'), 'copy-storage', from, to, '--at-once', '1'],
      { env: common, stdio: 'ignore' },
    );
    const killed = once(copy, 'exit');
    const before = await objectStore.countObjects('moved');
    await expect
      .poll(() => objectStore.countObjects('moved'), { interval: 10 })
      .toBeGreaterThan(before + 3);
    copy.kill('SIGKILL');
    expect(await killed).toEqual([null, 'SIGKILL']);
  }

  /** `pnpm cms`; settings may be the last argument. */
  async function cms(...given: (string | Record<string, string>)[]) {
    const args = given.filter((each) => typeof each === 'string');
    const settings = given.find((each) => typeof each !== 'string');
    const program = join(projectRoot, 'scripts/cms.ts');
    const env = { ...common, ...settings };
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { env });
      return { code: 0, stdout, stderr: '' };
    } catch (error) {
      return z.object({ code: z.number(), stdout: z.string(), stderr: z.string() }).parse(error);
    }
  }
});

/** Two processes of the CMS with the same settings. */
async function startNodes(
  common: Record<string, string | undefined>,
  settings: Record<string, string>,
) {
  const ports = await Promise.all(NODES.map(() => freePort()));
  const urls: string[] = [];
  const ready = new Map<number, ModuleProcess>();
  let uploads = 0;
  let rounds = 0;
  /** The requests in progress. */
  let current = Promise.resolve();

  async function start(port: number, given: Record<string, string>) {
    const env = { ...common, ...given, CMS_PORT: String(port) };
    const node = startModule(
      { name: 'cms', main: mainOf('cms') },
      { env, output: 'collect', stopWithinMs: 60_000 },
    );
    await node.ready;
    ready.set(port, node);
  }
  const anyNode = () => [...ready.keys()][uploads % ready.size] ?? 0;

  async function upload() {
    const minter = createTokenMinter({ secrets: [SECRET], issuer: 'gateway' });
    const scope = 'media:read media:write';
    const token = await minter.mint({
      audience: 'cms',
      subject: 'someone',
      storeId: 'ours',
      scope,
    });
    const query = `mutation ($file: Upload!) {
      uploadMedia(input: { file: $file }) { mediaFile { url } userErrors { code } }
    }`;
    const form = new FormData();
    form.set('operations', JSON.stringify({ query, variables: { file: null } }));
    form.set('map', '{"0":["variables.file"]}');
    const bytes = Buffer.concat([await plainJpeg(uploads % 256), Buffer.from(`${(uploads += 1)}`)]);
    form.set('0', new File([new Uint8Array(bytes)], 'a.jpg', { type: 'image/jpeg' }));
    const response = await fetch(`http://127.0.0.1:${anyNode()}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'apollo-require-preflight': 'true' },
      body: form,
    });
    const { data } = Uploaded.parse(await response.json());
    const { pathname, search } = new URL(data.uploadMedia.mediaFile.url);
    urls.push(pathname + search);
  }

  for (const port of ports) await start(port, settings);
  return {
    urls,
    upload,
    /** Uploads and downloads until it is stopped. */
    load() {
      const failures: string[] = [];
      const stopping = new AbortController();
      async function fetchOne(path: string, port: number) {
        const response = await fetch(`http://127.0.0.1:${port}${path}`);
        await response.arrayBuffer();
        if (response.status !== 200) failures.push(`${response.status} ${path}`);
      }
      async function work() {
        if (rounds % 5 === 0) await upload();
        const paths = [urls[(rounds * 7) % urls.length], urls.at(-1)];
        for (const port of ready.keys())
          for (const path of paths) if (path) await fetchOne(path, port);
      }
      const running = (async () => {
        while (!stopping.signal.aborted) {
          current = work().catch((error: unknown) => void failures.push(String(error)));
          await current;
          rounds += 1;
          await sleep(PAUSE_MS);
        }
        for (const port of ready.keys()) for (const path of urls) await fetchOne(path, port);
      })();
      return {
        /** Then it fetches all files from all processes. Resolves to what failed. */
        async stop() {
          stopping.abort();
          await running;
          return failures;
        },
      };
    },
    /** One after the other, with requests in between. */
    async restartAll(given: Record<string, string>) {
      for (const port of ports) {
        const node = ready.get(port);
        ready.delete(port);
        await current;
        await node?.stop();
        await start(port, given);
        const before = rounds;
        await expect.poll(() => rounds).toBeGreaterThan(before + 5);
      }
    },
    stop: () => Promise.all([...ready.values()].map((node) => node.stop())),
  };
}
