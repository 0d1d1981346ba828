import type { Logger } from '@federated-media/subgraph-kit/logger';
import { findType } from '../../files/file-types/file-types.ts';
import type { LocalCopy, Storage } from '../../storage/storage.ts';
import { isDrawing } from './format.ts';
import { type Presets, isPreset } from './presets.ts';
import type { RenditionRequest, Rendering, Rendition } from './rendering.ts';
import { type SettledRecipe, formatRecipe } from './recipe.ts';
import { RenditionError } from './rendition-error.ts';
import type { RenditionRef } from './repository.ts';
import type { Renderer } from './renderer.ts';

const MAX_WAIT_MS = 15_000;

/** The bytes that a rendition is rendered from. */
export interface Original {
  readonly storeId: string;
  readonly mediaId: string;
  readonly contentNumber: number;
  readonly storageKey: string;
  readonly mimeType: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly durationSeconds: number | null;
}

/** Renders and serves renditions of stored files. */
export function createRenditionService({
  rendering,
  renderer,
  storage,
  presets,
  maxWaitMs = MAX_WAIT_MS,
  logger,
}: {
  rendering: Rendering;
  renderer: Renderer;
  storage: Storage;
  presets: Presets;
  /** The maximum time that one request waits for its rendition. */
  maxWaitMs?: number;
  logger: Logger;
}) {
  const refTo = (
    { storeId, mediaId, contentNumber }: Omit<RenditionRef, 'name'>,
    name: string,
  ): RenditionRef => ({ storeId, mediaId, contentNumber, name });

  async function openLocalCopy(storageKey: string, signal: AbortSignal): Promise<LocalCopy> {
    const file = await storage.openLocalCopy(storageKey, { signal });
    if (file) return file;
    logger.error({ storageKey }, 'stored object is missing');
    throw new RenditionError('failed');
  }

  /** An image that represents a file which the image library does not read. Renditions are rendered from it. */
  const previewOf = (original: Original): RenditionRequest => ({
    ref: refTo(original, 'preview'),
    isAdHoc: false,
    mustBeStored: true,
    async draw(to, signal) {
      const { storeId, storageKey, mimeType, durationSeconds } = original;
      await using file = await openLocalCopy(storageKey, signal);
      const source = { path: file.path, to, mimeType, durationSeconds };
      return await renderer.drawPreview(source, { storeId, signal });
    },
  });

  async function imageOf(original: Original, signal: AbortSignal): Promise<LocalCopy> {
    if (isReadable(original)) return openLocalCopy(original.storageKey, signal);
    const { storageKey } = await rendering.getOrCreate(previewOf(original), signal);
    return openLocalCopy(storageKey, signal);
  }

  const renditionOf = (original: Original, recipe: SettledRecipe): RenditionRequest => ({
    ref: refTo(original, formatRecipe(recipe)),
    isAdHoc: !isPreset(recipe, presets),
    async draw(to, signal) {
      await using image = await imageOf(original, signal);
      const { storeId, width, height } = original;
      const isSizedDrawing = isDrawing(original) && width !== null && height !== null;
      const vectorSize = isSizedDrawing ? { width, height } : null;
      return await renderer.draw({ path: image.path, to, recipe, vectorSize }, { storeId, signal });
    },
  });

  return {
    refOf: (content: Omit<RenditionRef, 'name'>, recipe: SettledRecipe): RenditionRef =>
      refTo(content, formatRecipe(recipe)),

    /** Returns a rendition that is in memory. */
    getCached: rendering.getCached,

    /** Call it if the storage no longer has the rendition. It is then rendered again. */
    forget: rendering.forget,

    /** @throws RenditionError, or the reason of `signal` */
    async getOrCreate(
      original: Original,
      { recipe, signal }: { recipe: SettledRecipe; signal: AbortSignal },
    ): Promise<Rendition> {
      signal.throwIfAborted();
      const timeout = new AbortController();
      const onTimeout = () => timeout.abort(new RenditionError('overloaded'));
      const timer = setTimeout(onTimeout, maxWaitMs);
      const waiting = AbortSignal.any([signal, timeout.signal]);
      try {
        return await rendering.getOrCreate(renditionOf(original, recipe), waiting);
      } finally {
        clearTimeout(timer);
      }
    },

    async stop() {
      await renderer.stop();
      await rendering.stop();
    },
  };
}
/** Whether the image library reads the file. */
function isReadable({ mimeType }: Original): boolean {
  const shownAs = findType(mimeType)?.shownAs;
  return shownAs === 'image' || shownAs === 'drawing';
}

export type RenditionService = ReturnType<typeof createRenditionService>;
