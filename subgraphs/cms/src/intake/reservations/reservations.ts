import { newId } from '@federated-media/subgraph-kit/ids';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { Staging } from '../../storage/staging.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Reservation, ReservationRepository } from './repository.ts';
import { contentPrefix } from '../../storage/object-key.ts';

/** Abandoned when it is disposed without being settled: then nothing of it remains. */
export interface OpenReservation extends Reservation, AsyncDisposable {
  /** The bytes that the store could still accept when it was reserved; null without a limit. */
  readonly remainingBytes: number | null;
  /** Marks the upload as committed: there is nothing to clean up. */
  settle(): void;
}

export interface Grace {
  readonly silentSeconds: number;
  readonly doneSeconds: number;
}

/**
 * Every upload has a row before its first byte. Whatever a crash leaves behind, staged bytes or an
 * object without a file, is found by that row. This process keeps its own rows alive by a
 * heartbeat.
 */
export function createReservations({
  repository,
  staging,
  storage,
  logger,
}: {
  repository: ReservationRepository;
  staging: Staging;
  storage: Storage;
  logger: Logger;
}) {
  const active = new Set<string>();

  async function removeBytes(reservation: Reservation) {
    await staging.discard(reservation.id);
    if (reservation.stagedName) await staging.discard(reservation.stagedName);
    await removeObjects(reservation);
  }

  async function removeObjects(reservation: Reservation) {
    for await (const { key } of storage.list(contentPrefix(reservation))) await storage.delete(key);
  }

  /** The row is removed last, so that a failure is retried. */
  async function clean(reservation: Reservation) {
    await removeBytes(reservation);
    await repository.remove(reservation.id);
  }

  /** Reopens an abandoned staged upload without objects: it can be completed again. */
  async function reopen({ id, stagedName }: Reservation) {
    const hasBytes = await staging.has(stagedName ?? id);
    await repository.reopen(id, { hasBytes });
  }

  /**
   * Staged bytes were not published, so the upload can still be completed. Nor is one forgotten whose client can send
   * bytes to the storage.
   */
  async function recoverOne(reservation: Reservation) {
    const { id, stagedName } = reservation;
    const hasBytes = typeof stagedName === 'string' && (await staging.has(stagedName));
    if (!hasBytes && stagedName !== id) return clean(reservation);
    if (!hasBytes) await removeObjects(reservation);
    await repository.reopen(id, { hasBytes });
  }

  /** False if it failed: a later recovery retries it. */
  async function tryToClean(reservation: Reservation, cleanUp = clean): Promise<boolean> {
    try {
      await cleanUp(reservation);
      return true;
    } catch (error) {
      logger.warn({ err: error, upload: reservation.id }, 'could not clean up after an upload');
      return false;
    }
  }

  /** Does not throw. Recovery cleans up what this could not. */
  async function abandon(reservation: Reservation) {
    try {
      // If the result of a commit was lost, the file may exist.
      if (await repository.abandon(reservation.id)) await tryToClean(reservation);
    } catch (error) {
      logger.warn({ err: error, upload: reservation.id }, 'could not abandon an upload');
    }
  }

  /** Keeps `reservation` alive until it is disposed. Unless it was settled, `end` is then called. */
  function keepAlive(
    reservation: Reservation & { remainingBytes: number | null },
    end: (reservation: Reservation) => Promise<void> = abandon,
  ): OpenReservation {
    active.add(reservation.id);
    let settled = false;
    return {
      ...reservation,
      settle() {
        settled = true;
      },
      async [Symbol.asyncDispose]() {
        if (!settled) await end(reservation);
        active.delete(reservation.id);
      },
    };
  }

  return {
    /** Reserves an upload of a new file. */
    async open(storeId: string): Promise<OpenReservation> {
      const reservation = await repository.reserve({ id: newId(), storeId });
      if (!reservation) throw new Error('An upload could not be reserved.');
      return keepAlive(reservation);
    },

    /** Reserves new content of a file. Null if the file does not exist or is in the trash. */
    async openFor(storeId: string, mediaId: string): Promise<OpenReservation | null> {
      const reservation = await repository.reserve({ id: newId(), storeId, mediaId });
      return reservation && keepAlive(reservation);
    },

    keepAlive,
    removeBytes,
    removeObjects,
    reopen,
    /** False if it was already committed. */
    abandon: (id: string) => repository.abandon(id),

    /** Confirms that this process still works on its uploads. */
    async heartbeat(): Promise<void> {
      if (active.size > 0) await repository.markSeen([...active]);
    },

    /**
     * Cleans up uploads without a heartbeat for `silentSeconds` and returns their number. Deletes
     * the rows of those completed `doneSeconds` ago. Safe to run repeatedly and in several
     * processes.
     */
    async recover({ silentSeconds, doneSeconds }: Grace): Promise<number> {
      let count = 0;
      for (const reservation of await repository.abandonSilent(silentSeconds)) {
        if (await tryToClean(reservation, recoverOne)) count += 1;
      }
      for (const reservation of await repository.removeDone(doneSeconds))
        await tryToClean(reservation);
      return count;
    },
  };
}
export type Reservations = ReturnType<typeof createReservations>;
