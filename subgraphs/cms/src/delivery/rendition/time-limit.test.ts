import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { openDiskStorage } from '../../storage/disk-storage.ts';
import type { Rendering } from './rendering.ts';
import type { SettledRecipe } from './recipe.ts';
import { RenditionError } from './rendition-error.ts';
import { createRenditionService } from './service.ts';

const original = {
  storeId: 'ours',
  mediaId: 'an image',
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

/** Never renders, but callers can stop waiting. */
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
    draw: () => Promise.reject(new Error('Unexpected call.')),
    drawPreview: () => Promise.reject(new Error('Unexpected call.')),
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

test('rejects with a retryable error after the time limit', async () => {
  const { ask } = setUp({ maxWaitMs: 1 });
  await expect(ask(new AbortController().signal)).rejects.toThrow(new RenditionError('overloaded'));
});

test('rejects with the reason of the signal, aborted before or during the wait', async () => {
  const { ask, getOrCreate } = setUp({ maxWaitMs: 60_000 });
  const leaving = new AbortController();
  const waiting = ask(leaving.signal);
  leaving.abort(new Error('Gone.'));
  await expect(waiting).rejects.toThrow('Gone.');
  await expect(ask(leaving.signal)).rejects.toThrow('Gone.');
  expect(getOrCreate).toHaveBeenCalledTimes(1);
});
