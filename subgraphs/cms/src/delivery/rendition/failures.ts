import { LRUCache } from 'lru-cache';
import { RenditionError } from './rendition-error.ts';
import type { RenditionRef } from './repository.ts';

const MAX_REMEMBERED = 1_000;
const REMEMBERED_MS = 60_000;
/** After this many failures no other rendition of the same bytes is tried. */
const MAX_FAILURES_PER_CONTENT = 3;

/**
 * Remembers which renditions failed, so that bytes that crash or block a worker are not tried again
 * at once.
 */
export function createFailures() {
  const ofRenditions = new LRUCache<string, RenditionError>({
    max: MAX_REMEMBERED,
    ttl: REMEMBERED_MS,
  });
  const ofContents = new LRUCache<string, number>({ max: MAX_REMEMBERED, ttl: REMEMBERED_MS });

  return {
    /**
     * @throws RenditionError if this rendition, or several others of the same bytes, failed within
     *   the last minute
     */
    check(ref: RenditionRef): void {
      const failure = ofRenditions.get(renditionOf(ref));
      if (failure) throw failure;
      if ((ofContents.get(contentOf(ref)) ?? 0) >= MAX_FAILURES_PER_CONTENT) {
        throw new RenditionError('failed');
      }
    },

    /** Overload is not counted as a failure. */
    note(ref: RenditionRef, error: unknown): void {
      if (!(error instanceof RenditionError) || error.reason === 'overloaded') return;
      ofRenditions.set(renditionOf(ref), error);
      ofContents.set(contentOf(ref), (ofContents.get(contentOf(ref)) ?? 0) + 1);
    },
  };
}

const contentOf = ({ storeId, mediaId, contentNumber }: RenditionRef) =>
  `${storeId}/${mediaId}/${contentNumber}`;
const renditionOf = (ref: RenditionRef) => `${contentOf(ref)}/${ref.name}`;
