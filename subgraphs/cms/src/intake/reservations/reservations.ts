import { newId } from '@federated-media/subgraph-kit/ids';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { Staging } from '../../storage/staging.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Reservation, ReservationRepository } from './repository.ts';
import { contentPrefix } from '../../storage/object-key.ts';

/** Given up when it goes out of scope, unless settled: then nothing of it is left anywhere. */
export interface OpenReservation extends Reservation, AsyncDisposable {
  /** How many bytes the store may still take, as of now; null without a limit. */
  readonly remainingBytes: number | null;
  /** Its file is written: there is nothing to clean up. */
  settle(): void;
}

export interface Grace {
  readonly silentSeconds: number;
  readonly doneSeconds: number;
}

/**
 * Every upload has a row before its first byte, so that whatever a crash leaves behind, staged bytes or
 * an object without a file, is found through it. This process vouches for its own rows while it lives.
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

  /** Row last: while it is there, a failure half way is tried again. */
  async function clean(reservation: Reservation) {
    await removeBytes(reservation);
    await repository.remove(reservation.id);
  }

  /** Of an abandoned staged upload that has no objects: it may be completed again. */
  async function reopen({ id, stagedName }: Reservation) {
    const hasBytes = (await staging.find(stagedName ?? id)) !== null;
    await repository.reopen(id, { hasBytes });
  }

  /** Bytes that still wait were never published: they can be completed after all. */
  async function recoverOne(reservation: Reservation) {
    const { id, stagedName } = reservation;
    const isWaiting = stagedName && (await staging.find(stagedName)) !== null;
    await (isWaiting ? repository.reopen(id, { hasBytes: true }) : clean(reservation));
  }

  /** False when something stands in the way: a later recovery will try again. */
  async function cleaned(reservation: Reservation, how = clean): Promise<boolean> {
    try {
      await how(reservation);
      return true;
    } catch (error) {
      logger.warn({ err: error, upload: reservation.id }, 'could not clean up after an upload');
      return false;
    }
  }

  /** Never throws: what it can't do is left to recovery. */
  async function abandon(reservation: Reservation) {
    try {
      // A commit whose answer was lost on the way has written the file after all.
      if (await repository.abandon(reservation.id)) await cleaned(reservation);
    } catch (error) {
      logger.warn({ err: error, upload: reservation.id }, 'could not abandon an upload');
    }
  }

  /** Vouches for `reservation` until it goes out of scope; then it is settled, or ended by `end`. */
  function hold(
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
    /** For a file of its own. */
    async open(storeId: string): Promise<OpenReservation> {
      const reservation = await repository.reserve({ id: newId(), storeId });
      if (!reservation) throw new Error('An upload could not be reserved.');
      return hold(reservation);
    },

    /** For new bytes of a file. Null when there is no such file outside the trash. */
    async openFor(storeId: string, mediaId: string): Promise<OpenReservation | null> {
      const reservation = await repository.reserve({ id: newId(), storeId, mediaId });
      return reservation && hold(reservation);
    },

    hold,
    removeBytes,
    removeObjects,
    reopen,
    /** False when it was committed already. */
    abandon: (id: string) => repository.abandon(id),

    /** Says that this process is still at work on its own. */
    async heartbeat(): Promise<void> {
      if (active.size > 0) await repository.markSeen([...active]);
    },

    /**
     * Cleans up after uploads nobody has vouched for in `silentSeconds`, and answers how many there were;
     * forgets those that were done `doneSeconds` ago. Any process may, any number of times.
     */
    async recover({ silentSeconds, doneSeconds }: Grace): Promise<number> {
      let count = 0;
      for (const reservation of await repository.abandonSilent(silentSeconds)) {
        if (await cleaned(reservation, recoverOne)) count += 1;
      }
      for (const reservation of await repository.removeDone(doneSeconds))
        await cleaned(reservation);
      return count;
    },
  };
}
export type Reservations = ReturnType<typeof createReservations>;
