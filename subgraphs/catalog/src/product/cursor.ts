import { badUserInput } from '@federated-media/subgraph-kit/errors';
import { isId } from '@federated-media/subgraph-kit/ids';
import { decodeCursor, encodeCursor } from '@federated-media/subgraph-kit/pagination';
import type { Product } from './product.ts';
import type { ProductPosition } from './repository-filter.ts';

export const cursorOf = ({ createdAt, id }: Product): string =>
  encodeCursor([createdAt.toISOString(), id]);

/** The position a cursor stands for. @throws BAD_USER_INPUT when it is not one of ours */
export function readPosition(cursor: string | null): ProductPosition | null {
  if (cursor === null) return null;
  const [createdAt = '', id = ''] = decodeCursor(cursor, 2);
  if (!isMoment(createdAt) || !isId(id)) throw badUserInput('This cursor is not one of ours.');
  return { createdAt, id };
}

/** As `toISOString` writes it, in the years PostgreSQL and JavaScript spell alike. */
const isMoment = (text: string): boolean =>
  /^[12]\d{3}-/.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(text).toISOString() === text;
