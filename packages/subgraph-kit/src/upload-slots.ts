import { refusedRequest } from './errors.ts';
import { storeShare } from './store-share.ts';

export interface UploadSlots {
  /**
   * Takes a slot for an upload of the store, until the returned function is called. That may be called more than once.
   * @throws OVERLOADED, with status 503, if no slot is free, or the store has its share
   */
  take(storeId: string): () => void;
}

/**
 * Limits concurrent uploads. One store takes at most half of the slots, so that slow uploads of one store do not shut
 * out the others. No upload waits for a slot, because its client is already sending.
 *
 * @param onFull called when no slot is free, and again only after one was
 */
export function createUploadSlots({
  slots,
  name,
  onFull,
}: {
  slots: number;
  /** Of the server, for the message. */
  name: string;
  onFull: () => void;
}): UploadSlots {
  const ofOneStore = storeShare(slots);
  const takenBy = new Map<string, number>();
  let taken = 0;
  let wasFull = false;

  return {
    take(storeId) {
      const ofStore = takenBy.get(storeId) ?? 0;
      if (ofStore >= ofOneStore) throw refused(tooManyOfStore(ofStore));
      if (taken >= slots) {
        if (!wasFull) onFull();
        wasFull = true;
        throw refused(`"${name}" is overloaded. Try again in a moment.`);
      }
      takenBy.set(storeId, ofStore + 1);
      taken += 1;
      let isTaken = true;
      return () => {
        if (!isTaken) return;
        isTaken = false;
        wasFull = false;
        taken -= 1;
        const left = (takenBy.get(storeId) ?? 1) - 1;
        if (left > 0) takenBy.set(storeId, left);
        else takenBy.delete(storeId);
      };
    },
  };
}

const refused = (message: string) => refusedRequest(message, { code: 'OVERLOADED', status: 503 });

const tooManyOfStore = (count: number) =>
  `The store has ${count} uploads in progress, the maximum. Try again when one has ended.`;
