import { badUserInput } from './errors.ts';

const DEFAULT_SIZE = 24;
export const MAX_PAGE_SIZE = 100;
/** More than the longest file name needs. */
const MAX_CURSOR_LENGTH = 10_000;

export interface PageArguments {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

/** The rows to read: up to `limit` from `cursor` on. Read one more to find out whether others follow. */
export interface PageRequest {
  readonly limit: number;
  readonly direction: 'forward' | 'backward';
  readonly cursor: string | null;
}

/**
 * The pagination arguments of Relay (GraphQL Cursor Connections): `first`/`after` or `last`/`before`.
 * @throws BAD_USER_INPUT for a size outside of 1 to 100 and for a combination of the two
 */
export function readPageRequest({ first, after, last, before }: PageArguments): PageRequest {
  const backward = isGiven(last) || isGiven(before);
  if (backward && (isGiven(first) || isGiven(after))) {
    throw badUserInput('Use either first and after, or last and before, but not both.');
  }
  const size = backward ? last : first;
  if (isGiven(size) && (size < 1 || size > MAX_PAGE_SIZE)) {
    const name = backward ? 'last' : 'first';
    throw badUserInput(`${name} must be between 1 and ${MAX_PAGE_SIZE}.`, [name]);
  }
  return {
    limit: size ?? DEFAULT_SIZE,
    direction: backward ? 'backward' : 'forward',
    cursor: (backward ? before : after) ?? null,
  };
}

/** Opaque to clients: the sort key of a row, so that pages stay correct while rows are added and removed. */
export const encodeCursor = (parts: readonly string[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

/**
 * @throws BAD_USER_INPUT about `field` unless it is exactly a cursor from `encodeCursor` of `count` parts, or of one of
 * these numbers of parts
 */
export function decodeCursor(
  cursor: string,
  count: number | readonly number[],
  field?: readonly string[],
): string[] {
  const parts = cursor.length > MAX_CURSOR_LENGTH ? undefined : parseParts(cursor);
  const isExpected = parts && [count].flat().includes(parts.length);
  if (!isExpected || encodeCursor(parts) !== cursor) throw invalidCursor(field);
  return parts;
}

/** BAD_USER_INPUT, about `field`. */
export const invalidCursor = (field?: readonly string[]) =>
  badUserInput('Invalid cursor. Pass a cursor from an earlier response unchanged.', field);

function parseParts(cursor: string): string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(parsed)) return undefined;
    return parsed.every((part) => typeof part === 'string') ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Builds a connection from up to `limit + 1` rows in reading order, so that a page that was read backward starts with
 * its last row. `totalCount` runs only when a query selects it. `hasOthers` tells whether rows exist on the other
 * side of the cursor; without it, they are assumed to exist when there is a cursor.
 */
export function toConnection<Row>({
  rows,
  request: { limit, direction, cursor },
  cursorOf,
  totalCount,
  hasOthers = cursor !== null,
}: {
  rows: readonly Row[];
  request: PageRequest;
  cursorOf: (row: Row) => string;
  totalCount: () => Promise<number>;
  hasOthers?: boolean;
}) {
  const more = rows.length > limit;
  const page = rows.slice(0, limit);
  if (direction === 'backward') page.reverse();
  const edges = page.map((node) => ({
    node,
    // Computed when it is read: most pages need only the first and the last one.
    get cursor() {
      return cursorOf(node);
    },
  }));
  return {
    edges,
    nodes: page,
    pageInfo: {
      hasNextPage: direction === 'forward' ? more : hasOthers,
      hasPreviousPage: direction === 'forward' ? hasOthers : more,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount,
  };
}

const isGiven = <Value>(value: Value | null | undefined): value is Value =>
  value !== null && value !== undefined;
