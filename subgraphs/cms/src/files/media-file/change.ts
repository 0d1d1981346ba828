import type { MediaUserError } from '../../generated/graphql.ts';
import type { Changeable, LocaleText, MediaFileRecord } from '../../model/media-file.ts';
import { type Columns, changeableColumns, detailColumns } from '../../model/media-file-columns.ts';

/** A changed field in the audit log, named as in the schema. Values are text; lists and objects are JSON. */
export interface FieldChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

const { originalFilename, trashedAt } = changeableColumns;
const contentFields = [
  'contentNumber',
  'mimeType',
  'fileSize',
  'checksum',
  'width',
  'height',
] as const satisfies readonly (keyof MediaFileRecord)[];
/** The fields that are compared, in the order in which they are logged. Texts are compared one by one. */
const AUDITED = [
  ...auditNamesOf({ originalFilename }),
  ...contentFields,
  ...auditNamesOf({ ...detailColumns, trashedAt }),
];

/** New values for a file, or the reason why it stays unchanged. */
export type Decision = Partial<Changeable> | { readonly refused: MediaUserError };

/** The file after `changes`. */
export function withChanges(
  file: MediaFileRecord,
  { content, ...changes }: Partial<Changeable>,
): MediaFileRecord {
  if (!content) return { ...file, ...changes };
  const { number: contentNumber, checksum, mimeType, fileSize, width, height } = content;
  return { ...file, ...changes, contentNumber, checksum, mimeType, fileSize, width, height };
}

/** The fields that differ. Empty: nothing has changed. */
export function differences(before: MediaFileRecord, after: MediaFileRecord): FieldChange[] {
  const oldValues = fieldsOf(before);
  const newValues = fieldsOf(after);
  const fields = [...oldValues].flatMap(([field, oldValue]) => {
    const newValue = newValues.get(field) ?? null;
    return oldValue === newValue ? [] : [{ field, before: oldValue, after: newValue }];
  });
  return [...fields, ...textDifferences(before.texts, after.texts)];
}

/** What the log keeps of a purged file. */
export const purgedFields = ({ originalFilename, checksum, fileSize }: MediaFileRecord) =>
  Object.entries({ originalFilename, checksum, fileSize: `${fileSize}` }).map(
    ([field, before]): FieldChange => ({ field, before, after: null }),
  );

/** Rows of media_texts to write and to remove. */
export function textChanges(before: readonly LocaleText[], after: readonly LocaleText[]) {
  const wanted = new Set(after.map(({ locale }) => locale));
  return {
    written: textsNotIn(after, before),
    removed: before.filter(({ locale }) => !wanted.has(locale)),
  };
}

function fieldsOf(file: MediaFileRecord): ReadonlyMap<string, string | null> {
  const { focalX: x, focalY: y } = file;
  const focalPoint = x === null || y === null ? null : { x, y };
  const values = new Map<string, unknown>(Object.entries({ ...file, focalPoint }));
  return new Map(AUDITED.map((field) => [field, textOf(values.get(field))]));
}

/** Lists only the languages that differ, because the log keeps every entry permanently. */
function textDifferences(
  before: readonly LocaleText[],
  after: readonly LocaleText[],
): FieldChange[] {
  const removed = textsNotIn(before, after);
  const added = textsNotIn(after, before);
  if (removed.length + added.length === 0) return [];
  return [{ field: 'altTexts', before: JSON.stringify(removed), after: JSON.stringify(added) }];
}

/** Columns with the same name in the log are one field. */
function auditNamesOf(columns: Columns): ReadonlySet<string> {
  return new Set(Object.entries(columns).map(([field, { auditedAs }]) => auditedAs ?? field));
}

function textsNotIn(texts: readonly LocaleText[], others: readonly LocaleText[]): LocaleText[] {
  const known = new Map(others.map(({ locale, text }) => [locale, text]));
  return texts.filter(({ locale, text }) => known.get(locale) !== text);
}

function textOf(value: unknown): string | null {
  if (value === null || typeof value === 'string') return value;
  return value instanceof Date ? value.toISOString() : JSON.stringify(value);
}
