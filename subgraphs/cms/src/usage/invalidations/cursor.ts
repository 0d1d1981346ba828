import { isId } from '@federated-media/subgraph-kit/ids';
import {
  decodeCursor,
  encodeCursor,
  invalidCursor,
} from '@federated-media/subgraph-kit/pagination';

/** What a reader has seen: everything that a snapshot of one epoch contains. */
export interface SeenSnapshot {
  readonly epoch: string;
  /** As PostgreSQL prints a pg_snapshot: `xmin:xmax:xip,xip`. */
  readonly snapshot: string;
  /** Its time in seconds since 1970 by the clock of the database. */
  readonly takenAt: string;
}

const MAX_XID = 2n ** 64n - 1n;
const SNAPSHOT = /^([1-9]\d{0,19}):([1-9]\d{0,19}):((?:[1-9]\d{0,19}(?:,[1-9]\d{0,19})*)?)$/;

export const snapshotCursor = ({ epoch, snapshot, takenAt }: SeenSnapshot): string =>
  encodeCursor([epoch, snapshot, takenAt]);

/** @throws BAD_USER_INPUT unless `snapshotCursor` created it */
export function readSnapshotCursor(cursor: string): SeenSnapshot {
  const [epoch = '', snapshot = '', takenAt = ''] = decodeCursor(cursor, 3);
  const isValid = isId(epoch) && isSnapshot(snapshot) && /^\d{1,12}$/.test(takenAt);
  if (isValid) return { epoch, snapshot, takenAt };
  throw invalidCursor(['after']);
}

/** PostgreSQL rejects any other text with an error: the running transactions are from xmin up to xmax, in order. */
function isSnapshot(text: string): boolean {
  const [, min = '', max = '', running = ''] = SNAPSHOT.exec(text) ?? [];
  if (min === '') return false;
  const end = BigInt(max);
  const ids = [min, ...(running === '' ? [] : running.split(','))].map(BigInt);
  const isInOrder = ids.every((id, index) => id >= (ids[index - 1] ?? 1n));
  return (
    isInOrder && end <= MAX_XID && ids.every((id, index) => (index === 0 ? id <= end : id < end))
  );
}
