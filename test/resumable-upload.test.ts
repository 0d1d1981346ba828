import { createHash, randomBytes } from 'node:crypto';
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
  resumes(async () => ({ env: {}, close: async () => {} }));
});
describe.skipIf(noObjectStore !== null)(`to a bucket${reason}`, () => {
  resumes(openBucket);
});

function resumes(openStorage: () => Promise<OpenedStorage>) {
  let storage: OpenedStorage;
  let proxy: UploadProxy;
  let stack: TestStack;
  let graph: Graph;
  let killAt = Infinity;
  let restarted: Promise<void> | undefined;

  const cmsProcess = () => stack.processes.find(({ name }) => name === 'cms')!;

  beforeAll(async () => {
    storage = await openStorage();
    proxy = await openUploadProxy({
      afterBytes: MEGABYTE,
      onCut: (cuts) => {
        if (cuts !== killAt) return;
        process.kill(cmsProcess().pid, 'SIGKILL');
        restarted = cmsProcess().restart();
      },
    });
    stack = await openTestStack({
      processes: 'many',
      subgraphs: ['cms'],
      env: { ...storage.env, UPLOAD_URL: proxy.url },
    });
    proxy.target = stack.urls['cms']!;
    graph = await openGraph(stack, 'resumable');
  }, 180_000);
  afterAll(async () => {
    await stack.stop();
    await proxy.close();
    await storage.close();
  });

  test('uploadFile continues after each megabyte, and after the CMS was killed, at a URL with a path', async () => {
    const bytes = randomBytes(8 * MEGABYTE);
    bytes.set(await plainJpeg(60));
    killAt = 3;
    const sent: number[] = [];
    const { authorization } = graph.headers;
    const { uploadFile } = await import(CLIENT);
    const result: unknown = await uploadFile(
      {
        endpoint: `${stack.gatewayUrl}/graphql`,
        token: authorization.replace('Bearer ', ''),
      },
      new File([bytes], 'large.jpg', { type: 'image/jpeg' }),
      {
        method: 'resumable',
        onProgress: (fraction: number) => sent.push(fraction),
        fields: 'url checksum',
        retries: 10,
      },
    );
    const uploaded = z.object({ url: z.string(), checksum: z.string() }).parse(result);
    expect(uploaded).toMatchObject({
      checksum: createHash('sha256').update(bytes).digest('hex'),
    });
    await restarted;
    expect(proxy.cuts).toBeGreaterThan(6);
    expect(proxy.paths.every((path) => path.startsWith('/some/files/uploads/tus/'))).toBe(true);
    // It did not start again.
    expect(proxy.cuts).toBeLessThan(8 * 4);
    expect(sent.at(-1)).toBe(1);
    const served = Buffer.from(await (await fetch(uploaded.url)).arrayBuffer());
    expect(served.equals(bytes)).toBe(true);
  }, 100_000);
}
