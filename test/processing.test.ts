import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type ModuleProcess, startModule } from '@federated-media/stack/stack/module-process';
import { mainOf } from '@federated-media/stack/subgraphs';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type Graph, openGraph } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { type Shop, createShop } from './support/shop.ts';
import { type TestStack, openTestStack } from './support/stack.ts';
import { freezeVerification } from './support/verification-workers.ts';

// Staged uploads whose verification takes longer than the response waits, through the gateway.

const STORE = 'processing';
const TIMEOUT_MS = 300_000;
/** A process that was killed is replaced within a minute, on a machine that is not too busy. */
const TAKEN_OVER = { timeout: 150_000 };
/** Verification has a low priority: on a busy machine it takes long. */
const VERIFIED = { timeout: 90_000 };
const ON_LINUX = process.platform === 'linux';

const Staged = z.tuple([z.object({ stagedUpload: z.object({ id: z.string(), url: z.string() }) })]);
const Completed = z.object({
  mediaFile: z
    .object({ id: z.string(), status: z.string(), url: z.string().nullable() })
    .nullable(),
  userErrors: z.array(z.object({ code: z.string() })),
});
const MediaFile = z
  .object({ status: z.string(), failure: z.string().nullable(), url: z.string().nullable() })
  .nullable();
const Uploaded = z.object({ isProcessing: z.boolean(), status: z.string(), url: z.string() });
const Quota = z.object({ usedBytes: z.number(), fileCount: z.number() });

let stack: TestStack;
let graph: Graph;
let shop: Shop;
let pool: pg.Pool;
let others: ModuleProcess[] = [];
let thaw = () => {};
let hue = 0;

beforeAll(async () => {
  stack = await openTestStack({ processes: 'many', subgraphs: ['cms', 'catalog'] });
  graph = await openGraph(stack, STORE);
  shop = createShop(graph);
  pool = new pg.Pool({ connectionString: stack.postgres.url('cms') });
});
beforeEach(({ skip }) => {
  if (!ON_LINUX) skip('Only Linux lists processes in /proc.');
});
afterEach(async () => {
  thaw();
  await Promise.all(others.map((other) => other.stop()));
  others = [];
});
afterAll(async () => {
  await pool.end();
  await stack.stop();
});

const cms = () => stack.processes.find(({ name }) => name === 'cms')!;

/** Bytes that have arrived at the CMS. */
async function sent(bytes: Buffer): Promise<string> {
  const { data } = await graph.ask(
    `mutation ($input: [StagedUploadInput!]!) {
      createStagedUploads(input: $input) { stagedUpload { id url } userErrors { code } }
    }`,
    { input: [{ filename: 'a.jpg', mimeType: 'image/jpeg', fileSize: bytes.length }] },
  );
  const [{ stagedUpload }] = Staged.parse(data?.['createStagedUploads']);
  const { id, url } = stagedUpload;
  const put = await fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'image/jpeg' },
    body: new Uint8Array(bytes),
  });
  expect(put.status).toBe(200);
  return id;
}
async function complete(id: string, idempotencyKey: string) {
  const { data } = await graph.ask(
    `mutation ($input: CompleteStagedUploadInput!) {
      completeStagedUpload(input: $input) { mediaFile { id status url } userErrors { code } }
    }`,
    { input: { id, idempotencyKey } },
  );
  return Completed.parse(data?.['completeStagedUpload']);
}
async function processing(bytes: Buffer): Promise<string> {
  const id = await sent(bytes);
  thaw = freezeVerification(cms().pid);
  const answer = { mediaFile: { id, status: 'PROCESSING', url: null }, userErrors: [] };
  expect(await complete(id, id)).toEqual(answer);
  return id;
}
async function read(id: string) {
  const query = 'query ($id: ID!) { mediaFile(id: $id) { status failure url } }';
  return MediaFile.parse((await graph.ask(query, { id })).data?.['mediaFile']);
}
const statusOf = async (id: string) => (await read(id))?.status;
const quota = async () =>
  Quota.parse((await graph.ask('{ mediaQuota { usedBytes fileCount } }')).data?.['mediaQuota']);
const newJpeg = () => plainJpeg((hue += 10));

async function untilDone(id: string) {
  const read = () =>
    pool.query<{ state: string; attempts: number }>(
      'SELECT state, attempts FROM uploads WHERE id = $1',
      [id],
    );
  await expect.poll(async () => (await read()).rows[0]?.state, TAKEN_OVER).toBe('DONE');
  return read();
}

/** A second process of the CMS, with the same database and disk. */
async function startOther() {
  const env = {
    PATH: process.env['PATH'],
    LOG_LEVEL: 'info',
    DATA_DIR: stack.dataDir,
    CMS_PORT: '0',
    CMS_DATABASE_URL: stack.postgres.url('cms'),
  };
  const other = startModule(
    { name: 'cms-2', main: mainOf('cms') },
    { env, output: 'collect', stopWithinMs: 60_000 },
  );
  others.push(other);
  await other.ready;
}

test(
  'a file that is PROCESSING can be attached once it is READY',
  { timeout: TIMEOUT_MS },
  async () => {
    const bytes = await newJpeg();
    const product = await shop.product();
    const before = await quota();
    const id = await processing(bytes);
    expect(await shop.attach(product, id)).toEqual(['MEDIA_NOT_READY']);
    expect(await complete(id, id)).toMatchObject({ mediaFile: { id, status: 'PROCESSING' } });
    const counted = {
      usedBytes: before.usedBytes + bytes.length,
      fileCount: before.fileCount + 1,
    };
    expect(await quota()).toEqual(counted);
    thaw();
    await expect.poll(() => statusOf(id), VERIFIED).toBe('READY');
    expect(await quota()).toEqual(counted);
    expect(await complete(id, id)).toMatchObject({ mediaFile: { id, status: 'READY' } });
    expect(await shop.attach(product, id)).toEqual([]);
    const metrics = await (await fetch(`${stack.urls['cms']}/metrics`)).text();
    expect(metrics).toMatch(/^background_completions_total\{outcome="ready"\} 1$/m);
    expect(metrics).toMatch(/^background_completions_running 0$/m);
    const { url } = (await read(id))!;
    expect(Buffer.from(await (await fetch(url!)).arrayBuffer())).toEqual(bytes);
  },
);

test(
  'a file whose bytes are rejected after the response is FAILED',
  { timeout: TIMEOUT_MS },
  async () => {
    const before = await quota();
    const id = await processing((await newJpeg()).fill(0, 200));
    thaw();
    await expect.poll(() => statusOf(id), VERIFIED).toBe('FAILED');
    expect((await read(id))?.failure).toMatch(/^The .+\.$/);
    expect(await quota()).toEqual({ ...before, fileCount: before.fileCount + 1 });
    expect(await shop.attach(await shop.product(), id)).toEqual(['MEDIA_NOT_READY']);
  },
);

/** Prints whether the file was processing, and the file. A separate process, because its types are those of browsers. */
const PAGE = `
  const { uploadFile } = await import('@federated-media/client');
  const [endpoint, token, bytes] = process.argv.slice(1);
  const file = new File([Buffer.from(bytes, 'base64')], 'a.jpg', { type: 'image/jpeg' });
  let isProcessing = false;
  const uploaded = await uploadFile({ endpoint, token: () => token }, file, {
    method: 'staged',
    fields: 'status url',
    onProcessing: () => { isProcessing = true; },
  });
  console.log(JSON.stringify({ isProcessing, ...uploaded }));
`;

test('the client package waits for the file', { timeout: TIMEOUT_MS }, async () => {
  thaw = freezeVerification(cms().pid);
  const endpoint = `${stack.gatewayUrl}/graphql`;
  const token = graph.headers.authorization.replace('Bearer ', '');
  const bytes = (await newJpeg()).toString('base64');
  const page = promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', PAGE, endpoint, token, bytes],
    { cwd: import.meta.dirname },
  );
  const isProcessing = `SELECT FROM uploads WHERE state = 'PROCESSING'`;
  await expect.poll(async () => (await pool.query(isProcessing)).rowCount).toBe(1);
  thaw();
  const uploaded = Uploaded.parse(JSON.parse((await page).stdout));
  expect(uploaded).toMatchObject({ isProcessing: true, status: 'READY' });
  expect((await fetch(uploaded.url)).status).toBe(200);
});

test('trashed and purged meanwhile, it is gone', { timeout: TIMEOUT_MS }, async () => {
  const before = await quota();
  const id = await processing(await newJpeg());
  expect(await shop.trash(id)).toEqual([]);
  expect(await shop.purge(id)).toEqual([]);
  expect(await quota()).toEqual(before);
  thaw();
  expect(await complete(id, 'another key')).toMatchObject({ userErrors: [{ code: 'NOT_FOUND' }] });
  expect(await read(id)).toBeNull();
});

test(
  'another process finishes the file of one that was killed',
  { timeout: TIMEOUT_MS },
  async () => {
    const bytes = await newJpeg();
    const before = await quota();
    const id = await processing(bytes);
    const killed = cms();
    process.kill(killed.pid, 'SIGKILL');
    await startOther();
    // Only the other process works on it until then.
    const { rows } = await untilDone(id);
    expect(rows).toEqual([{ state: 'DONE', attempts: 2 }]);
    thaw();
    await killed.restart();
    await expect.poll(() => statusOf(id), VERIFIED).toBe('READY');
    expect(await quota()).toMatchObject({ usedBytes: before.usedBytes + bytes.length });
  },
);

test(
  'a process that is stopped leaves its files to others at once',
  { timeout: TIMEOUT_MS },
  async () => {
    await startOther();
    const id = await processing(await newJpeg());
    const stopped = cms();
    process.kill(stopped.pid, 'SIGTERM');
    const { rows } = await untilDone(id);
    // It was no failed attempt.
    expect(rows).toEqual([{ state: 'DONE', attempts: 1 }]);
    await stopped.restart();
    await expect.poll(() => statusOf(id), VERIFIED).toBe('READY');
  },
);
