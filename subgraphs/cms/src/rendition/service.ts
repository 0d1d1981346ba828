import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { Storage } from '../storage/storage.ts';
import { MIME_TYPES } from './format.ts';
import { type Presets, isPreset } from './presets.ts';
import type { Production, Rendition } from './production.ts';
import { type SettledRecipe, spell } from './recipe.ts';
import { RenditionError } from './rendition-error.ts';
import type { Renderer } from './renderer.ts';

const MAX_WAIT_MS = 15_000;
const MISSING = 'an object is missing from the storage';

/** The bytes a rendition is made of. */
export interface Original {
  readonly storeId: string;
  readonly mediaId: string;
  readonly contentNumber: number;
  readonly storageKey: string;
}

/** Renditions of the pictures in the storage. */
export function createRenditionService({
  production,
  renderer,
  storage,
  presets,
  maxWaitMs = MAX_WAIT_MS,
  logger,
}: {
  production: Production;
  renderer: Renderer;
  storage: Storage;
  presets: Presets;
  /** Of one request, for its rendition to be there. */
  maxWaitMs?: number;
  logger: Logger;
}) {
  const refTo = ({ storeId, mediaId, contentNumber }: Original, recipe: SettledRecipe) => ({
    storeId,
    mediaId,
    contentNumber,
    name: spell(recipe),
  });

  return {
    /** What needs no work at all. */
    recall: (original: Original, recipe: SettledRecipe): Rendition | undefined =>
      production.recall(refTo(original, recipe)),

    /** @throws RenditionError, or the reason of `signal` */
    async obtain(
      original: Original,
      { recipe, signal }: { recipe: SettledRecipe; signal: AbortSignal },
    ): Promise<Rendition> {
      const patience = AbortSignal.timeout(maxWaitMs);
      const order = {
        ref: refTo(original, recipe),
        mimeType: MIME_TYPES[recipe.format],
        extension: recipe.format,
        isFree: !isPreset(recipe, presets),
        async draw(to: string, abandoned: AbortSignal) {
          await using picture = await storage.lend(original.storageKey);
          if (picture) return await renderer.draw({ path: picture.path, to, recipe }, abandoned);
          logger.error({ storageKey: original.storageKey }, MISSING);
          throw new RenditionError('failed');
        },
      };
      try {
        return await production.obtain(order, AbortSignal.any([signal, patience]));
      } catch (error) {
        if (patience.aborted && !signal.aborted) throw new RenditionError('overloaded');
        throw error;
      }
    },

    async stop() {
      await renderer.stop();
      await production.stop();
    },
  };
}
export type RenditionService = ReturnType<typeof createRenditionService>;
