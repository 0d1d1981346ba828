import type {
  RecordOf,
  changeableColumns,
  mediaFileColumns,
  urlFields,
} from './media-file-columns.ts';

export interface LocaleText {
  readonly locale: string;
  readonly text: string;
}

interface Texts {
  /** Alternative texts, sorted by locale. */
  readonly texts: readonly LocaleText[];
}

/** A file with the facts about its current bytes, and its texts. */
export type MediaFileRecord = RecordOf<typeof mediaFileColumns> & Texts;

/** A column of a record, or its texts. */
export type FileField = keyof MediaFileRecord;

/** What the URLs of a file depend on. */
export type UrlFile = Pick<MediaFileRecord, (typeof urlFields)[number]>;

/** What a change may set: new values, and one of the contents the file has or had. */
export type Changeable = RecordOf<typeof changeableColumns> &
  Texts & { readonly content: MediaContentRecord };

/** One set of bytes a file has or had. */
export interface MediaContentRecord {
  readonly mediaId: string;
  readonly number: number;
  readonly filename: string;
  readonly checksum: string;
  readonly mediaType: MediaFileRecord['mediaType'];
  readonly mimeType: string;
  readonly fileSize: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly createdAt: Date;
}
