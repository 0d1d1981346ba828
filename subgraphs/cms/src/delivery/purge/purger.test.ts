import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { type MediaStore, openMediaStore } from '../../files/media-file/testing/media-store.ts';
import { createPurger } from './purger.ts';
import { createEndedMediaRepository } from './repository.ts';

const KEY = Buffer.alloc(32, 7);
const SECRET = `whsec_${KEY.toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const Body = z.object({
  type: z.literal('media.ended'),
  files: z.array(z.object({ storeId: z.string(), mediaId: z.string(), url: z.string() })),
});

let store: MediaStore;

beforeAll(async () => {
  store = await openMediaStore();
});
afterAll(() => store.close());
beforeEach(() => store.pool.query('DELETE FROM ended_media'));

/** A CDN that answers with `status`, and what it received. */
async function openCdn(status: () => number = () => 200) {
  const received: { body: string; headers: NodeJS.Dict<string | string[]> }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ body, headers: request.headers });
      response.writeHead(status(), { location: '/elsewhere' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => void server.close());
  const { port } = server.address() as AddressInfo;
  const files = () => received.flatMap(({ body }) => Body.parse(JSON.parse(body)).files);
  return { url: `http://127.0.0.1:${port}/purge`, received, files };
}

function startPurger(url: string, { times = [0], secrets = [SECRET] } = {}) {
  const purger = createPurger({
    ended: createEndedMediaRepository(store),
    target: { url, secrets },
    publicUrl: () => 'https://media.test',
    times,
    pauseMs: 20,
    logger: createLogger({ name: 'test', level: 'silent' }),
  });
  purger.start();
  onTestFinished(() => purger.stop());
  return purger;
}

const change = (id: string, set: string) =>
  store.pool.query(`UPDATE media_files SET ${set} WHERE id = $1`, [id]);

const rows = async () => (await store.pool.query('SELECT * FROM ended_media')).rows;

test('the end of public URLs is reported in a signed request, and nothing else', async () => {
  const [trashed, hidden, renamed, restored] = await Promise.all(
    [1, 2, 3, 4].map(() => store.addFile('ours')),
  );
  await change(renamed!.id, `title = 'other'`);
  await change(trashed!.id, 'trashed_at = now()');
  await change(hidden!.id, `visibility = 'PRIVATE'`);
  await change(hidden!.id, 'trashed_at = now()');
  await change(restored!.id, 'trashed_at = now()');
  await change(restored!.id, 'trashed_at = NULL');
  const { url, received, files } = await openCdn();
  startPurger(url, { secrets: [OTHER, SECRET] });

  await expect.poll(rows).toEqual([]);
  const urlOf = (file: { id: string } | undefined) => `https://media.test/media/ours/${file?.id}/`;
  expect(
    files()
      .map((file) => file.url)
      .toSorted(),
  ).toEqual([trashed, hidden, restored].map(urlOf).toSorted());
  const [{ body, headers } = { body: '', headers: {} }] = received;
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const signature = createHmac('sha256', KEY).update(signed).digest('base64');
  expect(String(headers['webhook-signature']).split(' ')[1]).toBe(`v1,${signature}`);
  expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(60);
});

test.each([500, 302, 404])('status %i is repeated later', async (status) => {
  const file = await store.addFile('ours');
  await change(file.id, 'trashed_at = now()');
  let current = status;
  const { url, received, files } = await openCdn(() => current);
  startPurger(url);
  await expect.poll(async () => (await rows()).map(({ failures }) => failures)).toEqual([1]);
  expect(received).toHaveLength(1);

  current = 204;
  await store.pool.query('UPDATE ended_media SET due_at = now()');
  await expect.poll(rows).toEqual([]);
  expect(files().map(({ mediaId }) => mediaId)).toEqual([file.id, file.id]);
});

test('a file is reported again when no process serves it any more', async () => {
  const file = await store.addFile('ours');
  await change(file.id, 'trashed_at = now()');
  const { url, received } = await openCdn();
  startPurger(url, { times: [0, 1, 1] });
  await expect.poll(rows).toEqual([]);
  expect(received).toHaveLength(3);
});

test('two processes share the files, and a process that was killed leaves them to the other', async () => {
  const files = await Promise.all(Array.from({ length: 20 }, () => store.addFile('ours')));
  await store.pool.query('UPDATE media_files SET trashed_at = now() WHERE id = ANY($1::uuid[])', [
    files.map(({ id }) => id),
  ]);
  const ended = createEndedMediaRepository(store);
  // Of a process that ends before it has a result.
  const taken = await ended.take();
  expect(taken).toHaveLength(20);
  expect(await ended.take()).toEqual([]);
  await store.pool.query(`UPDATE ended_media SET due_at = due_at - interval '60 seconds'`);
  const { url, files: reported } = await openCdn();
  startPurger(url);
  startPurger(url);
  await expect.poll(rows).toEqual([]);
  expect(
    reported()
      .map(({ mediaId }) => mediaId)
      .toSorted(),
  ).toEqual(files.map(({ id }) => id).toSorted());
});
