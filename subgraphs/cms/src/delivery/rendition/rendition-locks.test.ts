import { openDatabaseProxy } from '@federated-media/subgraph-kit/testing/database-proxy';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type MediaStore, openMediaStore } from '../../files/media-file/testing/media-store.ts';
import { type RenditionLocks, createRenditionLocks } from './rendition-locks.ts';

const logger = pino({ level: 'silent' });

/** References to files that do not exist. */
const refOf = (name: string) => ({
  storeId: 'ours',
  mediaId: '00000000-0000-7000-8000-000000000000',
  contentNumber: 1,
  name,
});
const take = async ({ claim }: RenditionLocks, name: string) =>
  (await claim(refOf(name))).isClaimed;

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
});
afterAll(() => store.close());

test('a connection that ends late does not close its successor', async () => {
  const nowhere = new URL(store.pool.options.connectionString!);
  nowhere.pathname = '/there-is-none';
  let options: typeof store.pool.options = {
    ...store.pool.options,
    connectionString: nowhere.href,
  };
  const pool = new Proxy(store.pool, {
    get: (target, name): unknown => (name === 'options' ? options : Reflect.get(target, name)),
  });
  const [ours, theirs] = [pool, store.pool].map((one) =>
    createRenditionLocks({ pool: one, logger }),
  );
  // Connecting fails before the socket is closed.
  expect(await take(ours!, 'a')).toBe(true);
  ({ options } = store.pool);
  expect(await take(ours!, 'a')).toBe(true);
  expect(await take(theirs!, 'a')).toBe(false);
  await ours!.release(refOf('a'));
  expect(await take(theirs!, 'a')).toBe(true);
  await Promise.all([ours!.stop(), theirs!.stop()]);
});

test('takes many locks at once, one statement at a time', async () => {
  const warned = vi.fn<(warning: Error) => void>();
  process.on('warning', warned);
  const locks = createRenditionLocks({ pool: store.pool, logger });
  const keys = Array.from({ length: 20 }, (_, index) => `many ${index}`);
  expect(await Promise.all(keys.map((key) => take(locks, key)))).toEqual(keys.map(() => true));
  await Promise.all(keys.map((key) => locks.release(refOf(key))));
  await locks.stop();
  process.off('warning', warned);
  // pg warns about concurrent statements on a connection.
  expect(warned).not.toHaveBeenCalled();
});

test('a lock that is released soon is released with the next claim, or without one', async () => {
  const [ours, theirs] = [1, 2].map(() => createRenditionLocks({ pool: store.pool, logger }));
  for (const name of ['a', 'b']) {
    expect(await take(ours!, name)).toBe(true);
    ours!.releaseSoon(refOf(name));
    expect(await take(theirs!, name)).toBe(false);
    if (name === 'a') expect(await take(ours!, 'another')).toBe(true);
    await expect.poll(() => take(theirs!, name)).toBe(true);
  }
  await Promise.all([ours!.stop(), theirs!.stop()]);
});

test('does not wait for a connection that stopped responding, and locks on a new one', async () => {
  const proxy = await openDatabaseProxy(store.pool.options.connectionString!);
  onTestFinished(() => proxy.close());
  const options = { ...store.pool.options, connectionString: proxy.url };
  const pool = new Proxy(store.pool, {
    get: (target, name): unknown => (name === 'options' ? options : Reflect.get(target, name)),
  });
  const ours = createRenditionLocks({ pool, logger, timeLimitMs: 1_000 });
  const theirs = createRenditionLocks({ pool: store.pool, logger });
  expect(await take(ours, 'silent')).toBe(true);
  proxy.silence();
  expect(await take(ours, 'while silent')).toBe(true);
  expect(await take(ours, 'after')).toBe(true);
  expect(await take(theirs, 'after')).toBe(false);
  await Promise.all([ours.stop(), theirs.stop()]);
});
