import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@federated-media/subgraph-kit/ids';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { ownBytes } from '@federated-media/subgraph-kit/own-bytes';
import { LRUCache } from 'lru-cache';
import { ifExists } from '../../storage/if-exists.ts';
import type { Staging } from '../../storage/staging.ts';
import { StorageFullError } from '../../storage/storage-full.ts';
import type { Storage } from '../../storage/storage.ts';
import { objectPrefix } from '../../storage/object-key.ts';
import type { RenderedFile } from './draw.ts';
import { MIME_TYPES } from './format.ts';
import { createFailures } from './failures.ts';
import { RenditionError } from './rendition-error.ts';
import type { RenditionLocks } from './rendition-locks.ts';
import {
  type RenditionRef,
  type RenditionRepository,
  type StoredRendition,
  keyOf,
} from './repository.ts';
import { createSharedWork } from '../../platform/shared-work.ts';

const CACHE_BYTES = 64 * 2 ** 20;
/** Larger renditions are not cached but streamed from the storage. */
const MAX_CACHED_BYTES = 2 ** 20;
const ENTRY_OVERHEAD_BYTES = 1_000;
/** Entries expire, so that the database learns which renditions are still used. */
const CACHE_MS = 10 * 60_000;
/** Used while another process renders, which takes longer than a lookup. */
const RETRY_MS = 10;
const MAX_RETRY_MS = 100;

export interface Rendition extends StoredRendition {
  /** Null: only in the storage. */
  readonly bytes: Buffer | null;
}

/** A rendition, and how to render it if it does not exist. */
export interface RenditionRequest {
  readonly ref: RenditionRef;
  /** Whether it counts against the limit of renditions per file. */
  readonly isAdHoc: boolean;
  /** Whether others need it as a file: then it is in the storage before the promise resolves. */
  readonly mustBeStored?: boolean;
  /** Writes the rendition to a new file at this path. */
  draw(to: string, signal: AbortSignal): Promise<RenderedFile>;
}

/**
 * Gets renditions from memory or from the storage, or renders them: once, however many requests in
 * however many processes wait for it. Requests are answered before the result is stored.
 */
export function createRendering({
  repository,
  locks,
  storage,
  staging,
  maxAdHoc,
  logger,
}: {
  repository: RenditionRepository;
  locks: RenditionLocks;
  storage: Storage;
  staging: Staging;
  /** How many ad hoc renditions are kept per file: those used most recently. */
  maxAdHoc: number;
  logger: Logger;
}) {
  const memory = new LRUCache<string, Rendition>({
    maxSize: CACHE_BYTES,
    sizeCalculation: ({ bytes }) => (bytes?.length ?? 0) + ENTRY_OVERHEAD_BYTES,
    ttl: CACHE_MS,
  });
  const failures = createFailures();
  const shared = createSharedWork<Rendition>();
  const storing = new Set<Promise<void>>();

  /** Null if the object is missing or damaged. */
  async function open(
    stored: StoredRendition,
    { mustBeStored = false }: RenditionRequest,
  ): Promise<Rendition | null> {
    await using file = await storage.openLocalCopy(stored.storageKey);
    // The file may have been evicted in the meantime or lost. It is then rendered again.
    if (!file) return null;
    if (!fitsInMemory(stored, { mustBeStored })) return { ...stored, bytes: null };
    const bytes = await ifExists(readFile(file.path));
    return bytes && isWhole(bytes, stored) ? { ...stored, bytes: ownBytes(bytes) } : null;
  }

  async function render(request: RenditionRequest, signal: AbortSignal) {
    const { ref, mustBeStored = false } = request;
    signal.throwIfAborted();
    const id = `rendition-${newId()}`;
    const path = await staging.reservePath(id);
    try {
      const { format, ...drawn } = await request.draw(path, signal);
      const storageKey = `${objectPrefix({ id: ref.mediaId, storeId: ref.storeId })}rendition-${ref.contentNumber}-${ref.name}-${drawn.checksum}.${format}`;
      const stored = { ...drawn, mimeType: MIME_TYPES[format], storageKey };
      // Synchronously: the file was just written and is in the kernel's cache, so this takes a tenth of the time of
      // the thread pool.
      const bytes = fitsInMemory(stored, { mustBeStored }) ? ownBytes(readFileSync(path)) : null;
      return { id, path, rendition: { ...stored, bytes } };
    } catch (error) {
      await staging.discardLocal(id);
      throw error;
    }
  }

  async function store(
    { ref, isAdHoc }: RenditionRequest,
    rendered: Awaited<ReturnType<typeof render>>,
  ) {
    try {
      // Renditions that fit in memory are verified when they are read from the disk; larger ones
      // are not.
      const durable = rendered.rendition.bytes === null;
      await storage.publish(rendered.rendition.storageKey, rendered.path, { durable });
      const unused = await repository.keep(ref, rendered.rendition, { isAdHoc, maxAdHoc });
      for (const key of unused) await storage.delete(key);
      locks.releaseSoon(ref);
    } catch (error) {
      await locks.release(ref);
      await staging.discardLocal(rendered.id);
      throw error;
    }
  }

  /** Small renditions are stored after the response. Larger ones are served from the storage. */
  async function storeInBackground(
    request: RenditionRequest,
    rendered: Awaited<ReturnType<typeof render>>,
  ) {
    const stored = store(request, rendered);
    if (!rendered.rendition.bytes) {
      await stored;
      return;
    }
    const background = stored.catch((error: unknown) =>
      logger.error(
        { err: error, rendition: rendered.rendition.storageKey },
        'rendition could not be stored',
      ),
    );
    storing.add(background);
    void background.then(() => storing.delete(background));
  }

  async function renderAlone(
    request: RenditionRequest,
    { stored, signal }: { stored: StoredRendition | null; signal: AbortSignal },
  ): Promise<Rendition> {
    let rendered: Awaited<ReturnType<typeof render>>;
    try {
      const found = stored && (await open(stored, request));
      if (found) {
        locks.releaseSoon(request.ref);
        return found;
      }
      rendered = await render(request, signal);
    } catch (error) {
      await locks.release(request.ref);
      throw error;
    }
    await storeInBackground(request, rendered);
    return rendered.rendition;
  }

  async function findOrRender(request: RenditionRequest, signal: AbortSignal): Promise<Rendition> {
    for (let ms = RETRY_MS; ; ms = Math.min(2 * ms, MAX_RETRY_MS)) {
      const { isClaimed, stored } = await locks.claim(request.ref);
      if (isClaimed) return renderAlone(request, { stored, signal });
      const found = stored && (await open(stored, request));
      if (found) return found;
      await sleep(ms, undefined, { signal });
    }
  }

  /** Remembers the outcome here, because the requests that wait for it may have been aborted. */
  async function work(request: RenditionRequest, signal: AbortSignal): Promise<Rendition> {
    const key = keyOf(request.ref);
    failures.check(request.ref);
    try {
      const rendition = await findOrRender(request, signal);
      memory.set(key, rendition);
      return rendition;
    } catch (error) {
      failures.note(request.ref, error);
      if (!(error instanceof StorageFullError)) throw error;
      logger.error({ err: error.cause, rendition: key }, 'the storage is full');
      throw new RenditionError('overloaded', { cause: error });
    }
  }

  return {
    /** Returns a rendition that is in memory. */
    getCached: (ref: RenditionRef): Rendition | undefined => memory.get(keyOf(ref)),

    /** Call it if the storage has lost the rendition. */
    forget: (ref: RenditionRef): void => void memory.delete(keyOf(ref)),

    /** @throws RenditionError, or the reason of `signal` */
    getOrCreate: (request: RenditionRequest, signal: AbortSignal): Promise<Rendition> =>
      shared.do(keyOf(request.ref), {
        start: (sharedSignal) => work(request, sharedSignal),
        signal,
      }),

    /** Resolves when all renditions are stored. */
    async stop(): Promise<void> {
      await Promise.all(storing);
      await locks.stop();
    },
  };
}
export type Rendering = ReturnType<typeof createRendering>;

const fitsInMemory = (
  { byteSize }: StoredRendition,
  { mustBeStored }: { mustBeStored: boolean },
): boolean => byteSize <= MAX_CACHED_BYTES && !mustBeStored;

/** After a power failure the file may have any bytes. */
const isWhole = (bytes: Buffer, { checksum }: StoredRendition): boolean =>
  createHash('sha256').update(bytes).digest('hex') === checksum;
