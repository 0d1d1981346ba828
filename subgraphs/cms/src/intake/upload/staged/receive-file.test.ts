import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PaceLimits } from '@federated-media/multipart/pace';
import { createUploadSlots } from '@federated-media/subgraph-kit/upload-slots';
import { pino } from 'pino';
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
  pace = {},
  record = async () => ({ replaced: null }),
}: {
  idleMs?: number;
  lifeMs?: number;
  pace?: Partial<PaceLimits>;
  record?: Repository['record'];
} = {}) {
  const recorded: string[] = [];
  const givenUp: string[] = [];
  let current = '';
  const receive = createStagedReceiver({
    stagedUploads: {
      async begin(_id, name) {
        current = name;
        return { outcome: 'begun', storeId: 'ours', checksum: null, superseded: null };
      },
      receiving: async () => new Set([current]),
      giveUp: async (_id, name) => void givenUp.push(name),
      async record(id, bytes) {
        recorded.push(bytes.name);
        return record(id, bytes);
      },
    },
    staging: createStaging({ dir: folder }),
    slots: createUploadSlots({ slots: 2, name: 'cms', onFull: () => {} }),
    pace: { minBytesPerSecond: 0, windowMs: 30_000, totalMs: 600_000, ...pace },
    idleMs,
    logger: pino({ level: 'silent' }),
  });
  const outcomes: unknown[] = [];
  const server = createServer((incoming, response) => {
    const expiresAt = (Date.now() + lifeMs) / 1000;
    void receive({ protocol: 'PUT', id: ID, length: LENGTH, expiresAt }, incoming)
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
  return { outgoing, outcome, recorded, givenUp };
}

const TIMEOUT = { status: 408, code: 'TIMEOUT' };

test('refuses a client that falls silent, and leaves nothing', async () => {
  const { outgoing, outcome, recorded, givenUp } = await setUp({ idleMs: 30 });
  outgoing.write(new Uint8Array(10));
  expect(await outcome()).toMatchObject(TIMEOUT);
  expect(recorded).toEqual([]);
  expect(givenUp).toHaveLength(1);
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ['when its URL expires', { lifeMs: 100 }],
  ['at the time limit of uploads', { pace: { totalMs: 100 } }],
  ['that is slower than the least rate', { pace: { minBytesPerSecond: 10_000, windowMs: 200 } }],
])('refuses a slow client %s', async (_what, options) => {
  const { outgoing, outcome, recorded } = await setUp(options);
  const dripping = setInterval(() => outgoing.write(new Uint8Array(1)), 5);
  expect(await outcome()).toMatchObject(TIMEOUT);
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
