import { isId } from './ids.ts';
import { type PageRequest, decodeCursor, encodeCursor, invalidCursor } from './pagination.ts';

/** The position of a row in a list by age: its creation time, and its id among rows of the same time. */
export interface KeysetPosition {
  /** As `toISOString` writes it. */
  readonly createdAt: string;
  readonly id: string;
}

export const cursorOf = ({ createdAt, id }: { createdAt: Date; id: string }): string =>
  encodeCursor([createdAt.toISOString(), id]);

/** Decodes a cursor. @throws BAD_USER_INPUT about `field` for an invalid cursor */
export function readPosition(cursor: string, field?: readonly string[]): KeysetPosition {
  const [createdAt = '', id = ''] = decodeCursor(cursor, 2, field);
  if (isMoment(createdAt) && isId(id)) return { createdAt, id };
  throw invalidCursor(field);
}

/** The position where a page starts; null at the start of the list. @throws BAD_USER_INPUT about `after` or `before` */
export const positionOf = ({ cursor, direction }: PageRequest): KeysetPosition | null =>
  cursor === null ? null : readPosition(cursor, [direction === 'forward' ? 'after' : 'before']);

/** In the format of `toISOString`, limited to the years that PostgreSQL and JavaScript write in the same way. */
export const isMoment = (text: string): boolean =>
  /^[1-9]\d{3}-/.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(text).toISOString() === text;
