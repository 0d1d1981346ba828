import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStaging } from '../../../storage/staging.ts';
import { createStagedReceiver } from './receive-file.ts';

const ID = '01890000-0000-7000-8000-000000000000';
const LENGTH = 1_000_000;

let folder: string;
let stop = () => {};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cms-reception-'));
});
afterEach(async () => {
  stop();
  await rm(folder, { recursive: true });
});

type Repository = Parameters<typeof createStagedReceiver>[0]['stagedUploads'];

/** A server that passes on every request and records the result. */
async function setUp({
  idleMs = 30_000,
  lifeMs = 60_000,
  record = async () => ({ replaced: null }),
}: { idleMs?: number; lifeMs?: number; record?: Repository['record'] } = {}) {
  const recorded: string[] = [];
  const receive = createStagedReceiver({
    stagedUploads: {
      findOpen: async () => ({ checksum: null }),
      async record(id, bytes) {
        recorded.push(bytes.name);
        return record(id, bytes);
      },
    },
    staging: createStaging({ dir: folder }),
    idleMs,
  });
  const outcomes: unknown[] = [];
  const server = createServer((incoming, response) => {
    const expiresAt = (Date.now() + lifeMs) / 1000;
    void receive({ id: ID, length: LENGTH, expiresAt }, incoming)
      .catch((error: unknown) => error)
      .then((outcome) => {
        outcomes.push(outcome);
        response.end();
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stop = () => {
    server.closeAllConnections();
    server.close();
  };
  const { port } = server.address() as AddressInfo;
  const outgoing = request({ host: '127.0.0.1', port, method: 'PUT' });
  outgoing.on('error', () => {}); // Disconnected, as the test expects.
  const outcome = async () => {
    await vi.waitUntil(() => outcomes.length > 0);
    return outcomes[0];
  };
  return { outgoing, outcome, recorded };
}

test('disconnects a client that falls silent, and leaves nothing', async () => {
  const { outgoing, outcome, recorded } = await setUp({ idleMs: 30 });
  outgoing.write(new Uint8Array(10));
  expect(await outcome()).toMatchObject({ status: 400 });
  expect(recorded).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test('disconnects a slow client when its URL expires', async () => {
  const { outgoing, outcome, recorded } = await setUp({ lifeMs: 100 });
  const dripping = setInterval(() => outgoing.write(new Uint8Array(1)), 5);
  expect(await outcome()).toMatchObject({ status: 400 });
  clearInterval(dripping);
  expect(recorded).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test('does not keep more bytes than were signed, whatever the headers declare', async () => {
  const { outgoing, outcome } = await setUp();
  outgoing.end(new Uint8Array(LENGTH + 1));
  expect(await outcome()).toMatchObject({ status: 413 });
  expect(await readdir(folder)).toEqual([]);
});

test('does not keep fewer bytes than were signed', async () => {
  const { outgoing, outcome, recorded } = await setUp();
  outgoing.end(new Uint8Array(LENGTH - 1));
  expect(await outcome()).toMatchObject({ status: 400 });
  expect(recorded).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test('does not keep bytes that could not be recorded', async () => {
  const record = () => Promise.reject(new Error('connection refused'));
  const { outgoing, outcome } = await setUp({ record });
  outgoing.end(new Uint8Array(LENGTH));
  expect(await outcome()).toMatchObject({ message: 'connection refused' });
  expect(await readdir(folder)).toEqual([]);
});
