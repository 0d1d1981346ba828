import { isId } from '@federated-media/subgraph-kit/ids';
import {
  decodeCursor,
  encodeCursor,
  invalidCursor,
} from '@federated-media/subgraph-kit/pagination';

/** The position of a change in the feed of one epoch: its transaction, then its id. */
export interface FeedPosition {
  readonly epoch: string;
  /** Numbers of 64 bits, in decimal. */
  readonly xid: string;
  readonly id: string;
}

const MAX_XID = 2n ** 64n - 1n;
const MAX_ID = 2n ** 63n - 1n;

export const feedCursor = ({ epoch, xid, id }: FeedPosition): string =>
  encodeCursor([epoch, xid, id]);

/** @throws BAD_USER_INPUT unless `feedCursor` created it */
export function readFeedCursor(cursor: string): FeedPosition {
  const [epoch = '', xid = '', id = ''] = decodeCursor(cursor, 3);
  if (isId(epoch) && isNumber(xid, MAX_XID) && isNumber(id, MAX_ID)) return { epoch, xid, id };
  throw invalidCursor(['after']);
}

const isNumber = (text: string, max: bigint): boolean =>
  /^(0|[1-9]\d{0,19})$/.test(text) && BigInt(text) <= max;
