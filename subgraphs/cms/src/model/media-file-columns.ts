import type { MediaStatus, MediaType, MediaVisibility } from '../generated/prisma/enums.ts';

/** Which type a record has for each type of a column. */
interface Values {
  uuid: string;
  text: string;
  'text[]': string[];
  boolean: boolean;
  integer: number;
  bigint: number;
  float8: number;
  bytea: Uint8Array;
  timestamptz: Date;
  media_type: MediaType;
  media_status: MediaStatus;
  media_visibility: MediaVisibility;
}

interface Column {
  readonly column: string;
  readonly type: keyof Values;
  /** Only true is written; other columns are NOT NULL. */
  readonly nullable?: true;
  /** The value in a new file for which the client gives none. Without it: null. */
  readonly initial?: string | boolean | readonly string[];
  /** The name in the audit log, where it is not the field's: columns that share a name are one change. */
  readonly auditedAs?: string;
}
export type Columns = Readonly<Record<string, Column>>;

/** Of `credit` and `copyright`, in characters. */
export const CREDIT_LENGTH = 500;

/** What clients say about a file, when they upload it and later. */
export const detailColumns = {
  title: { column: 'title', type: 'text', nullable: true },
  altText: { column: 'alt_text', type: 'text', nullable: true },
  decorative: { column: 'decorative', type: 'boolean', initial: false },
  description: { column: 'description', type: 'text', nullable: true },
  credit: { column: 'credit', type: 'text', nullable: true },
  copyright: { column: 'copyright', type: 'text', nullable: true },
  folder: { column: 'folder', type: 'text', initial: 'general' },
  tags: { column: 'tags', type: 'text[]', initial: [] },
  focalX: { column: 'focal_x', type: 'float8', nullable: true, auditedAs: 'focalPoint' },
  focalY: { column: 'focal_y', type: 'float8', nullable: true, auditedAs: 'focalPoint' },
  visibility: { column: 'visibility', type: 'media_visibility', initial: 'PUBLIC' },
} as const satisfies Columns;

/** What a change of a file may set. The facts about its bytes change only with its content. */
export const changeableColumns = {
  originalFilename: { column: 'original_filename', type: 'text' },
  ...detailColumns,
  trashedAt: { column: 'trashed_at', type: 'timestamptz', nullable: true },
} as const satisfies Columns;

/** Facts about the bytes: a copy of the row in media_contents, whose columns have the same names. */
const bytesColumns = {
  filename: { column: 'filename', type: 'text' },
  mediaType: { column: 'media_type', type: 'media_type' },
  mimeType: { column: 'mime_type', type: 'text' },
  fileSize: { column: 'file_size', type: 'bigint' },
  checksum: { column: 'checksum', type: 'text' },
  width: { column: 'width', type: 'integer', nullable: true },
  height: { column: 'height', type: 'integer', nullable: true },
  durationSeconds: { column: 'duration_seconds', type: 'float8', nullable: true },
  /** Whether it is an image of several frames. */
  animated: { column: 'animated', type: 'boolean' },
  /** The encoding of text, if it is known. */
  charset: { column: 'charset', type: 'text', nullable: true },
  /** Of an image (https://evanw.github.io/thumbhash/). */
  thumbHash: { column: 'thumb_hash', type: 'bytea', nullable: true },
} as const satisfies Columns;

/** All that media_contents stores of a set of bytes. Where they are stored is never returned. */
export const contentColumns = {
  ...bytesColumns,
  storageKey: { column: 'file_path', type: 'text' },
} as const satisfies Columns;

/** What is written when a file is created, and never again. */
export const creationColumns = {
  createdBy: { column: 'created_by', type: 'text', nullable: true },
} as const satisfies Columns;

/**
 * The columns of media_files that a record has: type, statements and audit log follow from these lists.
 * A field that clients set needs a line in `detailColumns` and a reader in `readDetails`, nothing else here.
 */
export const mediaFileColumns = {
  id: { column: 'id', type: 'uuid' },
  storeId: { column: 'store_id', type: 'text' },
  ...changeableColumns,
  contentNumber: { column: 'content_number', type: 'integer' },
  ...bytesColumns,
  status: { column: 'status', type: 'media_status' },
  failure: { column: 'failure', type: 'text', nullable: true },
  ...creationColumns,
  usageCount: { column: 'usage_count', type: 'integer' },
  version: { column: 'version', type: 'integer' },
  createdAt: { column: 'created_at', type: 'timestamptz' },
  updatedAt: { column: 'updated_at', type: 'timestamptz' },
} as const satisfies Columns;

/** What the URLs of a file and its renditions depend on. */
export const urlFields = [
  'id',
  'storeId',
  'contentNumber',
  'filename',
  'mediaType',
  'mimeType',
  'width',
  'height',
  'focalX',
  'focalY',
  'visibility',
  'status',
  'trashedAt',
] as const satisfies readonly (keyof typeof mediaFileColumns)[];

/** A record with a value for each of `Of`. */
export type RecordOf<Of extends Columns> = {
  readonly [Field in keyof Of]: Of[Field] extends { readonly nullable: true }
    ? Values[Of[Field]['type']] | null
    : Values[Of[Field]['type']];
};
