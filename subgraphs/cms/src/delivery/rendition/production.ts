import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@federated-media/subgraph-kit/ids';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { LRUCache } from 'lru-cache';
import { ignoring, isMissing } from '../../storage/file-errors.ts';
import type { Staging } from '../../storage/staging.ts';
import type { Storage } from '../../storage/storage.ts';
import { objectPrefix } from '../../storage/object-key.ts';
import type { Drawn } from './draw.ts';
import { createFailures } from './failures.ts';
import type { RenditionLocks } from './rendition-locks.ts';
import {
  type RenditionRef,
  type RenditionRepository,
  type StoredRendition,
  keyOf,
} from './repository.ts';
import { createSharedWork } from './shared-work.ts';

const MEMORY_BYTES = 64 * 2 ** 20;
/** Of one that is kept in memory. Larger ones are streamed from the storage. */
const MAX_BYTES_IN_MEMORY = 2 ** 20;
const BESIDE_BYTES = 1_000;
/** After that the database hears that it is still used. */
const MEMORY_MS = 10 * 60_000;
/** Where another process is at it: making takes longer than finding. */
const ASK_AGAIN_MS = 10;
const MAX_ASK_AGAIN_MS = 100;

export interface Rendition extends StoredRendition {
  /** Null: it is to be had from the storage only. */
  readonly bytes: Buffer | null;
}

/** What is to be there, and how it is made should it not be. */
export interface Order {
  readonly ref: RenditionRef;
  readonly mimeType: string;
  readonly extension: string;
  /** Only so many of a file are kept. */
  readonly isAdHoc: boolean;
  /** Others need it as a file: it is in the storage before anybody is told of it. */
  readonly mustBeStored?: boolean;
  /** Writes it to a file of that name. */
  draw(to: string, signal: AbortSignal): Promise<Drawn>;
}

/**
 * Pictures made of others: from memory, from the storage or, once however many ask and in however many
 * processes, made. Whoever waits is answered before the result is stored.
 */
export function createProduction({
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
  /** How many free ones of a file are kept; those that were used last. */
  maxAdHoc: number;
  logger: Logger;
}) {
  const memory = new LRUCache<string, Rendition>({
    maxSize: MEMORY_BYTES,
    sizeCalculation: ({ bytes }) => (bytes?.length ?? 0) + BESIDE_BYTES,
    ttl: MEMORY_MS,
  });
  const failures = createFailures();
  const shared = createSharedWork<Rendition>();
  const storing = new Set<Promise<void>>();

  /** Null where the storage has it no more, or not whole. */
  async function open(
    stored: StoredRendition,
    { mustBeStored = false }: Order,
  ): Promise<Rendition | null> {
    await using file = await storage.openLocalCopy(stored.storageKey);
    // Gone a moment ago, as the one used least, or lost: it is made again.
    const rendition =
      file && (await ignoring(isMissing, load(stored, { path: file.path, mustBeStored })));
    return rendition && isWhole(rendition) ? rendition : null;
  }

  async function make(order: Order, signal: AbortSignal) {
    const { ref, mimeType, extension, mustBeStored = false } = order;
    signal.throwIfAborted();
    const id = `rendition-${newId()}`;
    const path = await staging.reservePath(id);
    try {
      const drawn = await order.draw(path, signal);
      const storageKey = `${objectPrefix({ id: ref.mediaId, storeId: ref.storeId })}rendition-${ref.contentNumber}-${ref.name}-${drawn.checksum}.${extension}`;
      const rendition = await load({ ...drawn, mimeType, storageKey }, { path, mustBeStored });
      return { id, path, rendition };
    } catch (error) {
      await staging.discard(id);
      throw error;
    }
  }

  async function store({ ref, isAdHoc }: Order, made: Awaited<ReturnType<typeof make>>) {
    try {
      // What is kept in memory is looked at again when it is read from the disk; the rest is not.
      const durable = made.rendition.bytes === null;
      await storage.publish(made.rendition.storageKey, made.path, { durable });
      const unused = await repository.keep(ref, made.rendition, { isAdHoc, maxAdHoc });
      for (const key of unused) await storage.delete(key);
      locks.releaseSoon(ref);
    } catch (error) {
      await locks.release(ref);
      await staging.discard(made.id);
      throw error;
    }
  }

  /** Behind the answer, but for what is answered from the storage. */
  async function storeBehind(order: Order, made: Awaited<ReturnType<typeof make>>) {
    const stored = store(order, made);
    if (!made.rendition.bytes) {
      await stored;
      return;
    }
    const behind = stored.catch((error: unknown) =>
      logger.error(
        { err: error, rendition: made.rendition.storageKey },
        'rendition could not be stored',
      ),
    );
    storing.add(behind);
    void behind.then(() => storing.delete(behind));
  }

  async function makeAlone(
    order: Order,
    { stored, signal }: { stored: StoredRendition | null; signal: AbortSignal },
  ): Promise<Rendition> {
    let made: Awaited<ReturnType<typeof make>>;
    try {
      const found = stored && (await open(stored, order));
      if (found) {
        locks.releaseSoon(order.ref);
        return found;
      }
      made = await make(order, signal);
    } catch (error) {
      await locks.release(order.ref);
      throw error;
    }
    await storeBehind(order, made);
    return made.rendition;
  }

  async function findOrMake(order: Order, signal: AbortSignal): Promise<Rendition> {
    for (let ms = ASK_AGAIN_MS; ; ms = Math.min(2 * ms, MAX_ASK_AGAIN_MS)) {
      const { isMine, stored } = await locks.claim(order.ref);
      if (isMine) return makeAlone(order, { stored, signal });
      const found = stored && (await open(stored, order));
      if (found) return found;
      await sleep(ms, undefined, { signal });
    }
  }

  /** How it went is remembered here, for by then whoever asked for it may have left. */
  async function work(order: Order, signal: AbortSignal): Promise<Rendition> {
    const key = keyOf(order.ref);
    failures.check(order.ref);
    try {
      const rendition = await findOrMake(order, signal);
      memory.set(key, rendition);
      return rendition;
    } catch (error) {
      failures.note(order.ref, error);
      throw error;
    }
  }

  return {
    /** From memory, at once. */
    getCached: (ref: RenditionRef): Rendition | undefined => memory.get(keyOf(ref)),

    /** The storage has lost it. */
    forget: (ref: RenditionRef): void => void memory.delete(keyOf(ref)),

    /** @throws RenditionError, or the reason of `signal` */
    getOrCreate: (order: Order, signal: AbortSignal): Promise<Rendition> =>
      shared.do(keyOf(order.ref), {
        start: (sharedSignal) => work(order, sharedSignal),
        signal,
      }),

    /** Resolves once what was made is stored. */
    async stop(): Promise<void> {
      await Promise.all(storing);
      await locks.stop();
    },
  };
}
export type Production = ReturnType<typeof createProduction>;

async function load(
  stored: StoredRendition,
  { path, mustBeStored }: { path: string; mustBeStored: boolean },
): Promise<Rendition> {
  const isSmall = stored.byteSize <= MAX_BYTES_IN_MEMORY && !mustBeStored;
  return { ...stored, bytes: isSmall ? await readFile(path) : null };
}

/** A power failure may have left anything in its place. */
const isWhole = ({ bytes, checksum }: Rendition) =>
  bytes === null || createHash('sha256').update(bytes).digest('hex') === checksum;
