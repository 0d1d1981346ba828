import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type MediaStore, openMediaStore } from '../media-file/testing/media-store.ts';
import { createRenditionLocks } from './lock-repository.ts';

const logger = pino({ level: 'silent' });

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
});
afterAll(() => store.close());

test('a connection that ends late does not take the one after it along', async () => {
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
  // Refused, which is known before the socket is closed.
  expect(await ours!.take('a')).toBe(true);
  ({ options } = store.pool);
  expect(await ours!.take('a')).toBe(true);
  expect(await theirs!.take('a')).toBe(false);
  await ours!.release('a');
  expect(await theirs!.take('a')).toBe(true);
  await Promise.all([ours!.stop(), theirs!.stop()]);
});

test('many are taken at once, one statement at a time', async () => {
  const warned = vi.fn<(warning: Error) => void>();
  process.on('warning', warned);
  const locks = createRenditionLocks({ pool: store.pool, logger });
  const keys = Array.from({ length: 20 }, (_, index) => `many ${index}`);
  expect(await Promise.all(keys.map((key) => locks.take(key)))).toEqual(keys.map(() => true));
  await Promise.all(keys.map((key) => locks.release(key)));
  await locks.stop();
  process.off('warning', warned);
  // pg warns where a connection is asked something while it answers.
  expect(warned).not.toHaveBeenCalled();
});
