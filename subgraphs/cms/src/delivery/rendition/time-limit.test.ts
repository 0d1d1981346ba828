import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { openDiskStorage } from '../../storage/disk-storage.ts';
import type { Rendering } from './rendering.ts';
import type { SettledRecipe } from './recipe.ts';
import { RenditionError } from './rendition-error.ts';
import { createRenditionService } from './service.ts';

const original = {
  storeId: 'ours',
  mediaId: 'a picture',
  contentNumber: 1,
  storageKey: 'key',
  mimeType: 'image/png',
  width: 10,
  height: 10,
  durationSeconds: null,
};
const recipe: SettledRecipe = {
  width: 10,
  height: null,
  fit: 'INSIDE',
  focus: { x: 0.5, y: 0.5 },
  format: 'webp',
  quality: null,
  background: null,
};

/** Nothing is ever made, but whoever waits may leave. */
function setUp({ maxWaitMs }: { maxWaitMs: number }) {
  const getOrCreate = vi.fn<Rendering['getOrCreate']>((_request, signal) => {
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => reject(signal.reason));
    return promise;
  });
  const rendering: Rendering = {
    getCached: () => undefined,
    forget: () => {},
    getOrCreate,
    stop: async () => {},
  };
  const renderer = {
    draw: () => Promise.reject(new Error('Not asked for.')),
    drawPreview: () => Promise.reject(new Error('Not asked for.')),
    canShow: () => false,
    stop: async () => {},
  };
  const service = createRenditionService({
    rendering,
    renderer,
    storage: openDiskStorage({ root: '/nowhere' }),
    presets: new Map(),
    maxWaitMs,
    logger: pino({ level: 'silent' }),
  });
  return {
    getOrCreate,
    ask: (signal: AbortSignal) => service.getOrCreate(original, { recipe, signal }),
  };
}

test('who has waited for too long hears that it is worth asking again', async () => {
  const { ask } = setUp({ maxWaitMs: 1 });
  await expect(ask(new AbortController().signal)).rejects.toThrow(new RenditionError('overloaded'));
});

test('who leaves, or has left, leaves for their own reason', async () => {
  const { ask, getOrCreate } = setUp({ maxWaitMs: 60_000 });
  const leaving = new AbortController();
  const asked = ask(leaving.signal);
  leaving.abort(new Error('Gone.'));
  await expect(asked).rejects.toThrow('Gone.');
  await expect(ask(leaving.signal)).rejects.toThrow('Gone.');
  expect(getOrCreate).toHaveBeenCalledTimes(1);
});
