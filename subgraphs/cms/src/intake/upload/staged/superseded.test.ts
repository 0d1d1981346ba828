import { once } from 'node:events';
import { type IncomingMessage, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createUploadSlots } from '@federated-media/subgraph-kit/upload-slots';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { createOtherProcess } from '../testing/other-process.ts';
import { type StagedClient, createStagedClient } from '../testing/staged-client.ts';
import { createStagedReceiver } from './receive-file.ts';
import { createStagedUrlSigner } from './staged-url.ts';

/** Larger than all buffers on the way. */
const LARGE = 3_000_000;
const WAIT = { timeout: 20_000 };

let cms: RunningCms;
let client: StagedClient;
let bytes: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  cms = await runCms({ uploadMaxBytes: 2 * LARGE });
  client = createStagedClient(cms);
  bytes = new Uint8Array(LARGE);
  bytes.set(await drawJpeg(200, 200));
});
beforeEach(() => cms.store.pool.query('TRUNCATE stores, media_files, uploads CASCADE'));
afterAll(() => cms.close());

/** The files with bytes of an upload. */
const staged = async (id: string) =>
  (await cms.traces()).files.filter((name) => name.startsWith(id));

/** A PUT that has sent all bytes but one. */
function openPut(url: string) {
  const outgoing = request(url, { method: 'PUT', headers: { 'content-length': LARGE } });
  outgoing.on('error', () => {}); // The server may disconnect before everything is sent.
  const response = once(outgoing, 'response');
  outgoing.write(bytes.subarray(0, LARGE - 1));
  onTestFinished(() => void outgoing.destroy());
  return {
    finish: () => outgoing.end(bytes.subarray(LARGE - 1)),
    async answer() {
      const incoming: IncomingMessage = (await response)[0];
      const text = (await incoming.toArray()).join('');
      return { status: incoming.statusCode, ...JSON.parse(text) };
    },
  };
}

/** A second process with the same database and folder, which receives PUTs. */
async function openOtherProcess() {
  const { staging, stagedUploads } = createOtherProcess(cms);
  const receive = createStagedReceiver({
    stagedUploads,
    staging,
    slots: createUploadSlots({ slots: 10, name: 'cms', onFull: () => {} }),
    pace: { minBytesPerSecond: 0, windowMs: 30_000, totalMs: 600_000 },
    checkEveryMs: 50,
    logger: pino({ level: 'silent' }),
  });
  const signer = createStagedUrlSigner({ secrets: ['another secret that is long enough'] });
  const server = createServer((incoming, response) => {
    void receive(signer.verify(incoming.url ?? '', 'PUT')!, incoming).then((result) =>
      response.writeHead('status' in result ? result.status : 200).end(JSON.stringify(result)),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { urlOf: (url: string) => url.replace(cms.url, `http://127.0.0.1:${port}`) };
}

test('a newer PUT ends the earlier one, whose bytes are removed', async () => {
  const { id, url } = await client.stage(bytes);
  const earlier = openPut(url);
  await vi.waitUntil(async () => (await staged(id)).length === 1, WAIT);
  const [name] = await staged(id);
  const newer = openPut(url);
  expect(await earlier.answer()).toMatchObject({
    status: 409,
    errors: [{ message: expect.stringContaining('newer'), extensions: { code: 'CONFLICT' } }],
  });
  await vi.waitUntil(async () => !(await staged(id)).includes(name!), WAIT);
  newer.finish();
  expect(await newer.answer()).toEqual({ status: 200, byteSize: LARGE });
  expect(await staged(id)).toHaveLength(1);
});

test.each(['here', 'in the other process'])(
  'a newer PUT %s ends the earlier one in another process',
  async (where) => {
    const { urlOf } = await openOtherProcess();
    const { id, url } = await client.stage(bytes);
    const [first, second] = where === 'here' ? [urlOf(url), url] : [url, urlOf(url)];
    const earlier = openPut(first);
    await vi.waitUntil(async () => (await staged(id)).length === 1, WAIT);
    const [name] = await staged(id);
    const newer = openPut(second);
    expect((await earlier.answer()).status).toBe(409);
    await vi.waitUntil(async () => !(await staged(id)).includes(name!), WAIT);
    newer.finish();
    expect(await newer.answer()).toMatchObject({ status: 200 });
    expect(await staged(id)).toHaveLength(1);
  },
);

test('many parallel PUTs to one URL keep the bytes of one on the disk', async () => {
  const { id, url } = await client.stage(bytes);
  const puts = [];
  for (let count = 0; count < 25; count += 1) puts.push(openPut(url));
  const answers = Promise.all(puts.map((put) => put.answer()));
  await vi.waitUntil(async () => (await staged(id)).length === 1, WAIT);
  for (const put of puts) put.finish();
  const statuses = (await answers).map(({ status }) => status);
  expect(statuses.filter((status) => status === 409).length).toBeGreaterThanOrEqual(24);
  expect(statuses.filter((status) => status !== 409 && status !== 200)).toEqual([]);
  await vi.waitUntil(async () => (await staged(id)).length <= 1, WAIT);
});

test('a PUT that was killed with its process does not stop a newer one', async () => {
  const { url, id } = await client.stage(bytes);
  const { stagedUploads } = createOtherProcess(cms);
  await stagedUploads.begin(id, `${id}-0123456789abcdef`);
  expect((await client.put(url, bytes)).status).toBe(200);
});
