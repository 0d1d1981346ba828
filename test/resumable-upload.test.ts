import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ModuleProcess, startModule } from '@federated-media/stack/stack/module-process';
import { mainOf } from '@federated-media/stack/subgraphs';
import {
  type ObjectStore,
  noObjectStore,
  startObjectStore,
} from '@federated-media/stack/testing/object-store';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openGraph, type Graph } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { type TestStack, openTestStack } from './support/stack.ts';
import { type UploadProxy, openUploadProxy } from './support/upload-proxy.ts';

const MEGABYTE = 1_000_000;
/** Until a node has read what the proxy has sent. */
const UNTIL_READ_MS = 500;
/** Its types are those of browsers. */
const CLIENT: string = '@federated-media/client';

/** The settings of a storage, and what ends it. */
interface OpenedStorage {
  readonly env: Record<string, string>;
  close(): Promise<void>;
}

async function openBucket(): Promise<OpenedStorage> {
  const store: ObjectStore = await startObjectStore(await temporaryFolder());
  return {
    env: {
      STORAGE_URL: await store.createBucket('media'),
      AWS_ACCESS_KEY_ID: store.accessKeyId,
      AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
    },
    close: () => store.stop(),
  };
}

const reason = noObjectStore ? `: skipped, ${noObjectStore}` : '';

describe('to a folder', () => {
  resumes(async () => ({ env: {}, close: async () => {} }), { largest: 8, lostBytes: 2 ** 20 });
});
describe.skipIf(noObjectStore !== null)(`to a bucket${reason}`, () => {
  // It gets parts of 8 MiB.
  resumes(openBucket, { largest: 16, lostBytes: 8 * 2 ** 20 });
});

/**
 * Prints the upload as soon as it is staged, and the file. A separate process, because it is killed, and because the
 * types of the client are those of browsers.
 */
const PAGE = `
  const { uploadFile } = await import('${CLIENT}');
  const [endpoint, token, path, staged] = process.argv.slice(1);
  const file = new File([await (await import('node:fs/promises')).readFile(path)], 'large.jpg', { type: 'image/jpeg' });
  const print = (line) => process.stdout.write(JSON.stringify(line) + '\\n');
  const uploaded = await uploadFile({ endpoint, token: () => token }, file, {
    method: 'resumable',
    fields: 'url checksum',
    retries: 12,
    onStaged: (staged) => print({ staged }),
    ...(staged && { continueFrom: JSON.parse(staged) }),
  });
  print({ uploaded });
`;

const Uploaded = z.object({ url: z.string(), checksum: z.string() });
const Printed = z.object({ staged: z.unknown().optional(), uploaded: Uploaded.optional() });

/** A page of a client, which can be killed. */
function openPage(args: readonly string[]) {
  const page: ChildProcess = spawn(
    process.execPath,
    ['--input-type=module', '--eval', PAGE, ...args],
    { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(page, 'close');
  const printed: z.output<typeof Printed> = {};
  createInterface({ input: page.stdout! }).on('line', (line) =>
    Object.assign(printed, Printed.parse(JSON.parse(line))),
  );
  return {
    printed,
    ended,
    async kill() {
      page.kill('SIGKILL');
      await ended;
    },
  };
}

/**
 * @param largest in megabytes; one request of the client has 16 MiB at most
 * @param lostBytes how many bytes a node may have that its storage does not
 */
function resumes(
  openStorage: () => Promise<OpenedStorage>,
  { largest, lostBytes }: { largest: number; lostBytes: number },
) {
  let storage: OpenedStorage;
  let proxy: UploadProxy;
  let stack: TestStack;
  let graph: Graph;
  let onCut: (cuts: number) => Promise<void> | void;
  let other: ModuleProcess | undefined;

  const cmsProcess = () => stack.processes.find(({ name }) => name === 'cms')!;
  const endpoint = () => `${stack.gatewayUrl}/graphql`;
  const token = () => graph.headers.authorization.replace('Bearer ', '');

  beforeAll(async () => {
    storage = await openStorage();
    proxy = await openUploadProxy((cuts) => onCut(cuts));
    stack = await openTestStack({
      processes: 'many',
      subgraphs: ['cms'],
      env: { ...storage.env, UPLOAD_URL: proxy.url },
    });
    graph = await openGraph(stack, 'resumable');
  }, 180_000);
  afterAll(async () => {
    await other?.stop();
    await stack.stop();
    await proxy.close();
    await storage.close();
  });

  const imageOf = async (byteSize: number) => {
    const bytes = randomBytes(byteSize);
    bytes.set(await plainJpeg(60));
    return bytes;
  };
  const checksumOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const expectServed = async (url: string, bytes: Buffer) => {
    const served = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(served.equals(bytes)).toBe(true);
  };

  test('uploadFile continues after each megabyte, and after the CMS was killed, at a URL with a path', async () => {
    const bytes = await imageOf(8 * MEGABYTE);
    let restarted: Promise<void> | undefined;
    proxy.target = stack.urls['cms']!;
    proxy.afterBytes = MEGABYTE;
    onCut = (cuts) => {
      if (cuts !== 3) return;
      process.kill(cmsProcess().pid, 'SIGKILL');
      restarted = cmsProcess().restart();
    };
    const sent: number[] = [];
    const { uploadFile } = await import(CLIENT);
    const result: unknown = await uploadFile(
      { endpoint: endpoint(), token: token() },
      new File([bytes], 'large.jpg', { type: 'image/jpeg' }),
      {
        method: 'resumable',
        onProgress: (fraction: number) => sent.push(fraction),
        fields: 'url checksum',
        retries: 10,
      },
    );
    const uploaded = Uploaded.parse(result);
    expect(uploaded.checksum).toBe(checksumOf(bytes));
    await restarted;
    expect(proxy.cuts).toBeGreaterThan(6);
    expect(proxy.paths.every((path) => path.startsWith('/some/files/uploads/tus/'))).toBe(true);
    // It did not start again.
    expect(proxy.cuts).toBeLessThan(8 * 4);
    expect(sent.at(-1)).toBe(1);
    await expectServed(uploaded.url, bytes);
  }, 100_000);

  test('at each megabyte, client, node and connection are killed: another client goes on at another node', async () => {
    const bytes = await imageOf(largest * MEGABYTE);
    const path = join(await temporaryFolder(), 'large.jpg');
    await writeFile(path, bytes);
    const startOther = async () => {
      other = startModule(
        { name: 'cms-2', main: mainOf('cms') },
        {
          env: {
            PATH: process.env['PATH'],
            DATA_DIR: stack.dataDir,
            CMS_PORT: '0',
            CMS_DATABASE_URL: stack.postgres.url('cms'),
            ...storage.env,
            UPLOAD_URL: proxy.url,
          },
          output: 'collect',
          stopWithinMs: 60_000,
        },
      );
      return other.ready;
    };
    const first = {
      url: stack.urls['cms']!,
      kill: () => process.kill(cmsProcess().pid, 'SIGKILL'),
      start: async () => {
        await cmsProcess().restart();
        return stack.urls['cms']!;
      },
    };
    const second = { url: await startOther(), kill: () => other?.kill(), start: startOther };

    const continuedAt: number[] = [];
    for (let megabytes = 1; megabytes < largest; megabytes += 1) {
      const [killed, left] = megabytes % 2 === 0 ? [first, second] : [second, first];
      const cuts = proxy.cuts;
      const page = openPage([endpoint(), token(), path]);
      onCut = async () => {
        await sleep(UNTIL_READ_MS);
        killed.kill();
        await page.kill();
        proxy.target = left.url;
        proxy.afterBytes = Infinity;
      };
      proxy.target = killed.url;
      proxy.afterBytes = megabytes * MEGABYTE;
      await page.ended;
      expect(proxy.cuts).toBe(cuts + 1);
      expect(page.printed).toEqual({ staged: expect.anything() });
      const sent = proxy.offsets.length;
      const restarted = killed.start();
      const later = openPage([endpoint(), token(), path, JSON.stringify(page.printed.staged)]);
      await later.ended;
      continuedAt.push(proxy.offsets[sent] ?? Infinity);
      killed.url = await restarted;
      expect(later.printed, `after ${megabytes} MB`).toEqual({
        uploaded: expect.objectContaining({ checksum: checksumOf(bytes) }),
      });
      await expectServed(later.printed.uploaded!.url, bytes);
    }
    expect(continuedAt.filter((bytes, index) => bytes > (index + 1) * MEGABYTE)).toEqual([]);
    // What arrived is not sent again, but for the last bytes. On a busy machine, fewer have arrived.
    const expected = continuedAt.slice(Math.ceil(lostBytes / MEGABYTE));
    expect(expected.filter((bytes) => bytes > 0).length).toBeGreaterThan(expected.length / 2);
  }, 400_000);
}
