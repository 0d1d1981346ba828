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

/** A server that hands every request over, and notes what became of it. */
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
  outgoing.on('error', () => {}); // Cut off, as the tests want it.
  const outcome = async () => {
    await vi.waitUntil(() => outcomes.length > 0);
    return outcomes[0];
  };
  return { outgoing, outcome, recorded };
}

test('a sender that falls silent is cut off, and nothing is left', async () => {
  const { outgoing, outcome, recorded } = await setUp({ idleMs: 30 });
  outgoing.write(new Uint8Array(10));
  expect(await outcome()).toMatchObject({ status: 400 });
  expect(recorded).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test('a sender that never falls silent is cut off when its address expires', async () => {
  const { outgoing, outcome, recorded } = await setUp({ lifeMs: 100 });
  const dripping = setInterval(() => outgoing.write(new Uint8Array(1)), 5);
  expect(await outcome()).toMatchObject({ status: 400 });
  clearInterval(dripping);
  expect(recorded).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test('more bytes than were signed for are not kept, whatever the head of the request said', async () => {
  const { outgoing, outcome } = await setUp();
  outgoing.end(new Uint8Array(LENGTH + 1));
  expect(await outcome()).toMatchObject({ status: 413 });
  expect(await readdir(folder)).toEqual([]);
});

test('fewer bytes than were signed for are not kept either', async () => {
  const { outgoing, outcome, recorded } = await setUp();
  outgoing.end(new Uint8Array(LENGTH - 1));
  expect(await outcome()).toMatchObject({ status: 400 });
  expect(recorded).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test('bytes nobody could take note of are not kept', async () => {
  const record = () => Promise.reject(new Error('connection refused'));
  const { outgoing, outcome } = await setUp({ record });
  outgoing.end(new Uint8Array(LENGTH));
  expect(await outcome()).toMatchObject({ message: 'connection refused' });
  expect(await readdir(folder)).toEqual([]);
});
