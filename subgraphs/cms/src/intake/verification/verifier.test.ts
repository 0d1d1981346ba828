import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../testing/folder.ts';
import { gifBomb } from '../../testing/hostile.ts';
import { jpeg } from '../../testing/images.ts';
import { childrenOf, processState } from '../../testing/process-table.ts';
import { refusal } from '../../testing/verification.ts';
import { createVerifier } from './verifier.ts';
import { WorkerError } from '../../platform/workers/worker-pool.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const onLinux = test.runIf(process.platform === 'linux');

const FILE = { path: '/staged', byteSize: 1, originalFilename: 'a.jpg', declaredMimeType: '' };
const VERIFIED = {
  mediaType: 'IMAGE',
  mimeType: 'image/jpeg',
  extension: 'jpg',
  width: 1,
  height: 1,
  durationSeconds: null,
  thumbHash: 'AQID',
};

/** A pool that returns these results in order. */
function answering(...results: unknown[]) {
  const jobs: object[] = [];
  const verifier = createVerifier({
    maxPixels: 100,
    logger,
    openPool: () => ({
      async run(job) {
        jobs.push(job);
        const result = results.shift();
        if (result instanceof Error) throw result;
        return result;
      },
      stop: async () => {},
    }),
  });
  return { verifier, jobs };
}

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

test('rejects a file that takes too long, without a second try', async () => {
  const { verifier, jobs } = answering(failure('timed-out'));
  expect(await verifier.verify(FILE)).toEqual(refusal('CORRUPT_FILE'));
  expect(jobs).toHaveLength(1);
});

test('reports OVERLOADED if too many files are waiting', async () => {
  const { verifier } = answering(failure('overloaded'));
  await expect(verifier.verify(FILE)).rejects.toMatchObject({ extensions: { code: 'OVERLOADED' } });
});

test('a worker that cannot start is not a verdict on the file', async () => {
  const { verifier } = answering(failure('broken'));
  await expect(verifier.verify(FILE)).rejects.toMatchObject({ reason: 'broken' });
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
  const { verifier, jobs } = answering({ verified: VERIFIED });
  const verified = { ...VERIFIED, thumbHash: new Uint8Array([1, 2, 3]) };
  expect(await verifier.verify(FILE)).toEqual({ verified });
  expect(jobs).toEqual([{ ...FILE, maxPixels: 100, sanitizedPath: '/staged.clean.part' }]);
});

async function setUp(options: { timeLimitMs?: number } = {}) {
  const folder = await temporaryFolder();
  const before = new Set(childrenOf(process.pid).map(({ pid }) => pid));
  const verifier = createVerifier({ maxPixels: 1_000_000, workers: 1, logger, ...options });
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

onLinux('rejects a file that blocks a worker, and verifies the next one', async () => {
  const { verify, verifyAt, folder, workers } = await setUp({ timeLimitMs: 3000 });
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]); // Opening a FIFO waits for a writer.
  await verify(await jpeg());
  const [hanging] = workers();
  expect(await verifyAt(pipe)).toEqual(refusal('CORRUPT_FILE'));
  expect(await verify(await jpeg())).toHaveProperty('verified');
  await expect.poll(() => processState(hanging!.pid)).toBeUndefined();
});

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
  const path = join(await temporaryFolder(), 'long.gif');
  const bytes = gifBomb({ width: 2000, height: 2000, frames: 2000 });
  await writeFile(path, bytes);
  const script = fileURLToPath(new URL('../../testing/parent-to-kill.ts', import.meta.url));
  const parent = spawn(process.execPath, [script, path, String(bytes.length)]);
  onTestFinished(() => void parent.kill('SIGKILL'));

  const busyWorker = () => childrenOf(parent.pid!).find(({ cpuTicks }) => cpuTicks > 150);
  await expect.poll(busyWorker, { timeout: 10_000 }).toBeDefined();
  const { pid } = busyWorker()!;
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await expect.poll(() => processState(pid)).toBeUndefined();
});
