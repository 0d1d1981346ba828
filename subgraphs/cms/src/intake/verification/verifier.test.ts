import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../testing/folder.ts';
import { pngBomb } from '../../testing/hostile.ts';
import { jpeg } from '../../testing/images.ts';
import { childrenOf, processState } from '../../testing/process-table.ts';
import { DEFAULT_ACCEPTANCE, createAcceptance } from '../../files/file-types/acceptance.ts';
import { FILE_TYPES } from '../../files/file-types/file-types.ts';
import { refusal } from '../../testing/verification.ts';
import { StorageFullError } from '../../storage/storage-full.ts';
import { createVerifier } from './verifier.ts';
import { WorkerError } from '../../platform/workers/worker-pool.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const onLinux = test.runIf(process.platform === 'linux');

const ONLY_PNG = createAcceptance([FILE_TYPES.PNG]);
const CLAIMS = { path: '/staged', byteSize: 1, originalFilename: 'a.jpg', declaredMimeType: '' };
const FILE = { ...CLAIMS, storeId: 'ours' };
const VERIFIED = {
  mediaType: 'IMAGE',
  mimeType: 'image/jpeg',
  extension: 'jpg',
  width: 1,
  height: 1,
  durationSeconds: null,
  animated: false,
  charset: null,
  thumbHash: 'AQID',
  credit: null,
  copyright: null,
};

/** A pool that returns these results in order. */
function answering(...results: unknown[]) {
  const jobs: object[] = [];
  const stores: string[] = [];
  const verifier = createVerifier({
    maxPixels: 100,
    acceptance: ONLY_PNG,
    logger,
    openPool: () => ({
      async run(job, { storeId }) {
        jobs.push(job);
        stores.push(storeId);
        const result = results.shift();
        if (result instanceof Error) throw result;
        return result;
      },
      stop: async () => {},
    }),
  });
  return { verifier, jobs, stores };
}

const OVERLOADED = { extensions: { code: 'OVERLOADED' } };
const failure = (reason: WorkerError['reason']) => new WorkerError(reason, reason);

test('rejects an empty file without a worker', async () => {
  const { verifier, jobs } = answering();
  expect(await verifier.verify({ ...FILE, byteSize: 0 })).toEqual(refusal('EMPTY_FILE'));
  expect(jobs).toEqual([]);
});

test('rejects a file that crashes two workers', async () => {
  const { verifier, jobs } = answering(failure('crashed'), failure('crashed'));
  expect(await verifier.verify(FILE)).toEqual(refusal('CORRUPT_FILE'));
  expect(jobs).toHaveLength(2);
});

test('verifies a file again if its worker was killed for another reason', async () => {
  const { verifier, jobs } = answering(failure('crashed'), { verified: VERIFIED });
  expect(await verifier.verify(FILE)).toHaveProperty('verified');
  expect(jobs).toHaveLength(2);
});

test('rejects a file that takes too much CPU time twice', async () => {
  const { verifier, jobs } = answering(failure('timed-out'), failure('timed-out'));
  expect(await verifier.verify(FILE)).toEqual({
    refused: { code: 'CORRUPT_FILE', message: expect.stringContaining('took too long') },
  });
  expect(jobs).toHaveLength(2);
});

test('verifies a file again if it took too much CPU time once', async () => {
  const { verifier, jobs } = answering(failure('timed-out'), { verified: VERIFIED });
  expect(await verifier.verify(FILE)).toHaveProperty('verified');
  expect(jobs).toHaveLength(2);
});

test.for(['crashed', 'timed-out'] as const)(
  'a file whose worker %s is not rejected if no worker is available for the second try',
  async (reason) => {
    const { verifier } = answering(failure(reason), failure('unavailable'));
    await expect(verifier.verify(FILE)).rejects.toMatchObject(OVERLOADED);
  },
);

test('reports OVERLOADED, without a second try, if no worker is available', async () => {
  const { verifier, jobs } = answering(failure('unavailable'));
  await expect(verifier.verify(FILE)).rejects.toMatchObject(OVERLOADED);
  expect(jobs).toHaveLength(1);
});

test('an error of a worker is not a verdict on the file', async () => {
  const { verifier } = answering(failure('broken'));
  await expect(verifier.verify(FILE)).rejects.toMatchObject({ reason: 'broken' });
});

test('a full disk is not a verdict', async () => {
  const { verifier } = answering(new WorkerError('broken', 'no space', { code: 'ENOSPC' }));
  await expect(verifier.verify(FILE)).rejects.toThrow(StorageFullError);
});

test.for([
  undefined,
  {},
  'verified',
  { verified: { ...VERIFIED, mediaType: 'PROGRAM' } },
  { verified: { ...VERIFIED, width: -1 } },
  { verified: { ...VERIFIED, thumbHash: 'no base64!' } },
  { refused: { code: 'FORGIVEN', message: '' } },
])('rejects the invalid result %j', async (result) => {
  const { verifier } = answering(result);
  await expect(verifier.verify(FILE)).rejects.toThrow();
});

test('passes the job to a worker and returns its result', async () => {
  const { verifier, jobs, stores } = answering({ verified: VERIFIED });
  const verified = { ...VERIFIED, thumbHash: new Uint8Array([1, 2, 3]) };
  expect(await verifier.verify(FILE)).toEqual({ verified });
  const job = { ...CLAIMS, maxPixels: 100, accepted: ['png'], acceptsMacros: false };
  expect(jobs).toEqual([{ ...job, sanitizedPath: '/staged.clean.part' }]);
  expect(stores).toEqual(['ours']);
});

async function setUp(options: { waitLimitMs?: number } = {}) {
  const folder = await temporaryFolder();
  const before = new Set(childrenOf(process.pid).map(({ pid }) => pid));
  const verifier = createVerifier({
    maxPixels: 1_000_000,
    acceptance: DEFAULT_ACCEPTANCE,
    workers: 1,
    logger,
    ...options,
  });
  onTestFinished(() => verifier.stop());
  return {
    folder,
    async verify(bytes: Buffer) {
      const path = join(folder, 'staged');
      await writeFile(path, bytes);
      return verifier.verify({ ...FILE, path, byteSize: bytes.length });
    },
    verifyAt: (path: string) => verifier.verify({ ...FILE, path }),
    workers: () => childrenOf(process.pid).filter(({ pid }) => !before.has(pid)),
  };
}

onLinux('workers killed during a verification do not affect the result', async () => {
  const { verify, workers } = await setUp();
  const bytes = await jpeg({ width: 800, height: 600 });
  await verify(bytes);
  const verdicts = Array.from({ length: 10 }, () => verify(bytes));
  for (const { pid } of workers()) process.kill(pid, 'SIGKILL');
  for (const verdict of await Promise.all(verdicts)) expect(verdict).toHaveProperty('verified');
});

onLinux(
  'a file on a disk that does not respond is not rejected, and the next one is verified',
  async () => {
    const { verify, verifyAt, folder, workers } = await setUp({ waitLimitMs: 1000 });
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]); // Opening a FIFO waits for a writer.
    await verify(await jpeg());
    const [hanging] = workers();
    await expect(verifyAt(pipe)).rejects.toMatchObject(OVERLOADED);
    expect(await verify(await jpeg())).toHaveProperty('verified');
    await expect.poll(() => processState(hanging!.pid)).toBeUndefined();
  },
);

test('does not change the file', async () => {
  const { verify, folder } = await setUp();
  const bytes = await jpeg();
  await verify(bytes);
  expect((await readFile(join(folder, 'staged'))).equals(bytes)).toBe(true);
});

test('a missing file is not a verdict', async () => {
  const { verifyAt, folder } = await setUp();
  await expect(verifyAt(join(folder, 'nothing'))).rejects.toThrow('ENOENT');
});

onLinux('a worker ends with its parent in the middle of decoding', async () => {
  const path = join(await temporaryFolder(), 'long.png');
  const bytes = pngBomb({ width: 30_000, height: 120_000 });
  await writeFile(path, bytes);
  const script = fileURLToPath(new URL('../../testing/parent-to-kill.ts', import.meta.url));
  const parent = spawn(process.execPath, [script, path, String(bytes.length)]);
  onTestFinished(() => void parent.kill('SIGKILL'));

  const busyWorker = () => childrenOf(parent.pid!).find(({ cpuTicks }) => cpuTicks > 150);
  await expect.poll(busyWorker, { timeout: 50_000 }).toBeDefined();
  const { pid } = busyWorker()!;
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await expect.poll(() => processState(pid)).toBeUndefined();
});
