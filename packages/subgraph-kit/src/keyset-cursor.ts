import { isId } from './ids.ts';
import { type PageRequest, decodeCursor, encodeCursor, invalidCursor } from './pagination.ts';

/** Where a row stands in a list by age: by when it was made, and by its id among those of one moment. */
export interface KeysetPosition {
  /** As `toISOString` writes it. */
  readonly createdAt: string;
  readonly id: string;
}

export const cursorOf = ({ createdAt, id }: { createdAt: Date; id: string }): string =>
  encodeCursor([createdAt.toISOString(), id]);

/** The position a cursor stands for. @throws BAD_USER_INPUT, about `field`, when it is not one of ours */
export function readPosition(cursor: string, field?: readonly string[]): KeysetPosition {
  const [createdAt = '', id = ''] = decodeCursor(cursor, 2, field);
  if (isMoment(createdAt) && isId(id)) return { createdAt, id };
  throw invalidCursor(field);
}

/** Where a page begins; null: at the list's own end. @throws BAD_USER_INPUT about `after` or `before` */
export const positionOf = ({ cursor, direction }: PageRequest): KeysetPosition | null =>
  cursor === null ? null : readPosition(cursor, [direction === 'forward' ? 'after' : 'before']);

/** As `toISOString` writes it, in the years PostgreSQL and JavaScript spell alike. */
export const isMoment = (text: string): boolean =>
  /^[1-9]\d{3}-/.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(text).toISOString() === text;
