import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MediaStore, openMediaStore } from '../../files/media-file/testing/media-store.ts';
import { openDiskStorage } from '../../storage/disk-storage.ts';
import { createStaging } from '../../storage/staging.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Reservation } from './repository.ts';
import { createReservations } from './reservations.ts';
import { storageKey } from '../../storage/object-key.ts';

const grace = { silentSeconds: 900, doneSeconds: 86_400 };
const content = { sha256: 'a'.repeat(64), extension: 'jpg' };

let store: MediaStore;
let folder: string;
beforeAll(async () => {
  store = await openMediaStore();
});
beforeEach(async () => {
  await store.pool.query('TRUNCATE stores, media_files, uploads CASCADE');
  folder = await mkdtemp(join(tmpdir(), 'cms-reservations-'));
});
afterEach(() => rm(folder, { recursive: true }));
afterAll(() => store.close());

function setUp(overrides: Partial<Storage> = {}) {
  const staging = createStaging({ dir: join(folder, 'staging') });
  const storage = { ...openDiskStorage({ root: join(folder, 'objects') }), ...overrides };
  const logger = pino({ level: 'silent' });
  const repository = store.reservations;
  const reservations = createReservations({ repository, staging, storage, logger });

  /** Stages and publishes bytes for it, and stages more. */
  async function makeTraces(reservation: Reservation) {
    const { path } = await staging.receive(reservation.id, Readable.from([Buffer.from('a')]), {
      maxBytes: 9,
    });
    await storage.publish(storageKey(reservation, content), path);
    await writeFile(path, 'rest');
  }
  return { reservations, storage, makeTraces };
}

/** The files below the folder and the rows: everything that an upload can leave behind. */
async function traces() {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).length;
  return { files, rows: await store.count('uploads') };
}

const nothing = { files: 0, rows: 0 };

const silence = (seconds: number) =>
  store.pool.query(`UPDATE uploads SET seen_at = now() - make_interval(secs => $1)`, [seconds]);

test('an upload that is disposed without being settled leaves nothing', async () => {
  const { reservations, makeTraces } = setUp();
  const failing = async () => {
    await using reservation = await reservations.open('ours');
    await makeTraces(reservation);
    expect(await traces()).toEqual({ files: 2, rows: 1 });
    throw new Error('disk full');
  };
  await expect(failing()).rejects.toThrow('disk full');
  expect(await traces()).toEqual(nothing);
});

test('a settled upload keeps its bytes', async () => {
  const { reservations, makeTraces } = setUp();
  {
    await using reservation = await reservations.open('ours');
    await makeTraces(reservation);
    reservation.settle();
  }
  expect(await traces()).toEqual({ files: 2, rows: 1 });
});

test('a commit whose result was lost keeps its bytes', async () => {
  const { reservations, storage, makeTraces } = setUp();
  let kept: Reservation;
  {
    await using reservation = await reservations.open('ours');
    await makeTraces(reservation);
    await store.commit(reservation);
    kept = reservation;
  }
  expect(await storage.stat(storageKey(kept, content))).toEqual({ byteSize: 1 });
  expect(await store.files.findFiles('ours', [kept.id])).toHaveLength(1);
});

test('removes what a dead process left behind, and only that', async () => {
  const { reservations, makeTraces } = setUp();
  const dead = await reservations.open('ours');
  const done = await reservations.open('ours');
  await makeTraces(dead);
  await makeTraces(done);
  await store.commit(done);
  await silence(3600);
  const young = await reservations.open('ours');
  await makeTraces(young);

  expect(await reservations.recover(grace)).toBe(1);
  expect(await traces()).toEqual({ files: 4, rows: 2 });
  expect(await store.commit(dead)).toMatchObject({ outcome: 'given up' });
  expect(await reservations.recover(grace)).toBe(0);
});

test('keeps the uploads of a process that is slow but alive', async () => {
  const { reservations, makeTraces } = setUp();
  const slow = await reservations.open('ours');
  await makeTraces(slow);
  await silence(3600);
  await reservations.heartbeat();
  expect(await reservations.recover(grace)).toBe(0);
  expect(await store.commit(slow)).toMatchObject({ outcome: 'written' });
});

test('an upload that was recovered while its process was suspended still cleans up', async () => {
  const { reservations, makeTraces } = setUp();
  {
    await using reservation = await reservations.open('ours');
    await silence(3600);
    await reservations.recover(grace);
    await makeTraces(reservation);
  }
  expect(await traces()).toEqual(nothing);
});

test('a recovery that failed halfway is continued by the next one and does not block others', async () => {
  let broken = '';
  const root = join(folder, 'objects');
  const { reservations, makeTraces } = setUp({
    delete: (key) =>
      key.includes(broken)
        ? Promise.reject(new Error('I/O'))
        : openDiskStorage({ root }).delete(key),
  });
  const [stubborn, other] = [await reservations.open('ours'), await reservations.open('ours')];
  await makeTraces(stubborn);
  await makeTraces(other);
  await silence(3600);

  broken = stubborn.id;
  expect(await reservations.recover(grace)).toBe(1);
  expect(await traces()).toEqual({ files: 1, rows: 1 });
  broken = 'nothing';
  expect(await reservations.recover(grace)).toBe(1);
  expect(await traces()).toEqual(nothing);
});

test('deletes the rows of uploads that were completed a day ago', async () => {
  const { reservations } = setUp();
  await store.addFile('ours');
  await silence(86_000);
  await reservations.recover(grace);
  expect(await store.count('uploads')).toBe(1);
  await silence(87_000);
  await reservations.recover(grace);
  expect(await traces()).toEqual(nothing);
  expect(await store.count('media_files')).toBe(1);
});
