import { isId } from '@federated-media/subgraph-kit/ids';
import {
  decodeCursor,
  encodeCursor,
  invalidCursor,
} from '@federated-media/subgraph-kit/pagination';

/** The position of a change in the feed of one epoch. */
export interface FeedPosition {
  readonly epoch: string;
  /** A number of 64 bits, in decimal. */
  readonly id: string;
}

const MAX_ID = 2n ** 63n - 1n;

export const feedCursor = ({ epoch, id }: FeedPosition): string => encodeCursor([epoch, id]);

/**
 * Null for a cursor of an earlier version, which contains a transaction too: the feed starts over.
 * @throws BAD_USER_INPUT unless `feedCursor` created it
 */
export function readFeedCursor(cursor: string): FeedPosition | null {
  const [epoch = '', ...numbers] = decodeCursor(cursor, [2, 3]);
  if (!isId(epoch) || !numbers.every(isNumber)) throw invalidCursor(['after']);
  const [id = '', ...others] = numbers;
  return others.length > 0 ? null : { epoch, id };
}

const isNumber = (text: string): boolean =>
  /^(0|[1-9]\d{0,18})$/.test(text) && BigInt(text) <= MAX_ID;
