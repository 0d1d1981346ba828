import { LRUCache } from 'lru-cache';
import { RenditionError } from './rendition-error.ts';
import type { RenditionRef } from './repository.ts';

const MAX_REMEMBERED = 1_000;
const REMEMBERED_MS = 60_000;
/** After so many that could not be made, whatever else is asked of the same bytes is not tried either. */
const MAX_FAILURES_PER_CONTENT = 3;

/** What can't be made, so that it is not tried again at once: bytes that make a worker fail or hang. */
export function createFailures() {
  const ofRenditions = new LRUCache<string, RenditionError>({
    max: MAX_REMEMBERED,
    ttl: REMEMBERED_MS,
  });
  const ofContents = new LRUCache<string, number>({ max: MAX_REMEMBERED, ttl: REMEMBERED_MS });

  return {
    /** @throws RenditionError when it failed within the last minute, or others of these bytes did */
    check(ref: RenditionRef): void {
      const failure = ofRenditions.get(renditionOf(ref));
      if (failure) throw failure;
      if ((ofContents.get(contentOf(ref)) ?? 0) >= MAX_FAILURES_PER_CONTENT) {
        throw new RenditionError('failed');
      }
    },

    /** Having had no turn is no failure. */
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
