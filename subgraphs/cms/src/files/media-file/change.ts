import type { MediaUserError } from '../../generated/graphql.ts';
import type { Changeable, LocaleText, MediaFileRecord } from '../../model/media-file.ts';
import { type Columns, changeableColumns, detailColumns } from '../../model/media-file-columns.ts';

/** One line of the audit log: a field as the schema names it, its values as text or, of lists, JSON. */
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
/** The fields that are compared, in the order of the schema. Texts are compared one by one. */
const AUDITED = [
  ...auditNamesOf({ originalFilename }),
  ...contentFields,
  ...auditNamesOf({ ...detailColumns, trashedAt }),
];

/** What is to become of a file: new values, or why it stays as it is. */
export type Decision = Partial<Changeable> | { readonly refused: MediaUserError };

/** The file as it would be after `changes`. */
export function changed(
  file: MediaFileRecord,
  { content, ...changes }: Partial<Changeable>,
): MediaFileRecord {
  if (!content) return { ...file, ...changes };
  const { number: contentNumber, checksum, mimeType, fileSize, width, height } = content;
  return { ...file, ...changes, contentNumber, checksum, mimeType, fileSize, width, height };
}

/** What really differs, in the order of the schema. Empty: nothing has happened. */
export function differences(before: MediaFileRecord, after: MediaFileRecord): FieldChange[] {
  const was = fieldsOf(before);
  const is = fieldsOf(after);
  const fields = [...was].flatMap(([field, value]) => {
    const now = is.get(field) ?? null;
    return value === now ? [] : [{ field, before: value, after: now }];
  });
  return [...fields, ...textDifferences(before.texts, after.texts)];
}

/** What is written down of a file that is gone for good: what it was. */
export const lastWords = ({ originalFilename, checksum, fileSize }: MediaFileRecord) =>
  Object.entries({ originalFilename, checksum, fileSize: `${fileSize}` }).map(
    ([field, before]): FieldChange => ({ field, before, after: null }),
  );

/** Rows of media_texts to write and to remove. */
export function textChanges(before: readonly LocaleText[], after: readonly LocaleText[]) {
  const wanted = new Set(after.map(({ locale }) => locale));
  return {
    written: without(after, before),
    removed: before.filter(({ locale }) => !wanted.has(locale)),
  };
}

function fieldsOf(file: MediaFileRecord): ReadonlyMap<string, string | null> {
  const { focalX: x, focalY: y } = file;
  const focalPoint = x === null || y === null ? null : { x, y };
  const values = new Map<string, unknown>(Object.entries({ ...file, focalPoint }));
  return new Map(AUDITED.map((field) => [field, textOf(values.get(field))]));
}

/** Of a hundred languages only those that differ: the log keeps every entry for good. */
function textDifferences(
  before: readonly LocaleText[],
  after: readonly LocaleText[],
): FieldChange[] {
  const removed = without(before, after);
  const added = without(after, before);
  if (removed.length + added.length === 0) return [];
  return [{ field: 'altTexts', before: JSON.stringify(removed), after: JSON.stringify(added) }];
}

/** Columns that share a name are one field. */
function auditNamesOf(columns: Columns): ReadonlySet<string> {
  return new Set(Object.entries(columns).map(([field, { auditedAs }]) => auditedAs ?? field));
}

function without(texts: readonly LocaleText[], others: readonly LocaleText[]): LocaleText[] {
  const known = new Map(others.map(({ locale, text }) => [locale, text]));
  return texts.filter(({ locale, text }) => known.get(locale) !== text);
}

function textOf(value: unknown): string | null {
  if (value === null || typeof value === 'string') return value;
  return value instanceof Date ? value.toISOString() : JSON.stringify(value);
}
