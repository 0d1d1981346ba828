import { createHash } from 'node:crypto';
import { badUserInput } from '@federated-media/subgraph-kit/errors';
import { isId } from '@federated-media/subgraph-kit/ids';
import { isMoment } from '@federated-media/subgraph-kit/keyset-cursor';
import {
  decodeCursor,
  encodeCursor,
  invalidCursor,
} from '@federated-media/subgraph-kit/pagination';
import { textProblem } from '@federated-media/subgraph-kit/text';
import type {
  MediaLibraryOrder,
  MediaLibraryOrderField,
  OrderDirection,
} from '../../generated/graphql.ts';
import type { MediaFileRecord } from '../../model/media-file.ts';
import type { LibraryFilter } from './filter.ts';

const MAX_NAME_KEY = 255;
const MAX_INT = 2 ** 31 - 1;

/** A file as the library lists it. */
export interface LibraryFile extends MediaFileRecord {
  /** The file name without case and accents. */
  readonly nameKey: string;
}

export interface LibraryOrder {
  readonly field: MediaLibraryOrderField;
  readonly direction: OrderDirection;
}

/** The position of a file in an order: its key, then its id. */
export interface LibraryPosition {
  readonly key: string;
  readonly id: string;
}

interface Key {
  of(file: LibraryFile): string;
  /** Whether the database accepts `key`. */
  isKey(key: string): boolean;
}

const isNumberUpTo = (max: number) => (key: string) =>
  /^(0|[1-9]\d{0,15})$/.test(key) && Number(key) <= max;

const keys: Readonly<Record<MediaLibraryOrderField, Key>> = {
  CREATED_AT: { of: ({ createdAt }) => createdAt.toISOString(), isKey: isMoment },
  UPDATED_AT: { of: ({ updatedAt }) => updatedAt.toISOString(), isKey: isMoment },
  ORIGINAL_FILENAME: {
    of: ({ nameKey }) => nameKey,
    isKey: (key) => textProblem(key, MAX_NAME_KEY) === null,
  },
  FILE_SIZE: {
    of: ({ fileSize }) => `${fileSize}`,
    isKey: isNumberUpTo(Number.MAX_SAFE_INTEGER),
  },
  USAGE_COUNT: { of: ({ usageCount }) => `${usageCount}`, isKey: isNumberUpTo(MAX_INT) },
  TRASHED_AT: { of: ({ trashedAt }) => trashedAt?.toISOString() ?? '', isKey: isMoment },
};

/** @throws BAD_USER_INPUT for the time of deletion, unless only the trash is listed: other files have none */
export function readOrder(
  order: MediaLibraryOrder | null | undefined,
  { isTrashed }: LibraryFilter,
): LibraryOrder {
  const field = order?.field ?? 'CREATED_AT';
  if (field === 'TRASHED_AT' && !isTrashed) {
    throw badUserInput('TRASHED_AT orders only the trash: set filter.trashed to true.', [
      'orderBy',
      'field',
    ]);
  }
  return { field, direction: order?.direction ?? 'DESC' };
}

export function cursorIn({ field, direction }: LibraryOrder, file: LibraryFile): string {
  const parts = [field, direction, keys[field].of(file), file.id];
  return encodeCursor([...parts, checksumOf(parts)]);
}

/** @throws BAD_USER_INPUT, about the argument `name`, unless `cursor` was created for this order */
export function readCursor(
  { field, direction }: LibraryOrder,
  { cursor, name }: { cursor: string; name: string },
): LibraryPosition {
  const [ofField, ofDirection, key = '', id = '', checksum] = decodeCursor(cursor, 5, [name]);
  const parts = [ofField ?? '', ofDirection ?? '', key, id];
  if (checksum !== checksumOf(parts) || !isId(id)) {
    throw invalidCursor([name]);
  }
  if (ofField !== field || ofDirection !== direction) {
    throw badUserInput(
      'The cursor belongs to another order. Use the same orderBy, or start without a cursor.',
      [name],
    );
  }
  if (!keys[field].isKey(key)) throw invalidCursor([name]);
  return { key, id };
}

/** Detects damaged cursors. Not secret: a made-up position only selects another page. */
const checksumOf = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 12);
