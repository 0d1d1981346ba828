import type { MediaDetailsInput } from '../../generated/graphql.ts';
import type { LocaleText } from '../../model/media-file.ts';
import { CREDIT_LENGTH, type RecordOf, detailColumns } from '../../model/media-file-columns.ts';
import { type Check, InvalidValue } from '../../platform/input-checks.ts';
import { readFolder, readLocale, readTags, readText } from './text.ts';

const MAX_TITLE = 255;
const MAX_ALT_TEXT = 500;
const MAX_DESCRIPTION = 5000;
export const MAX_LOCALES = 100;

const initial = {
  folder: detailColumns.folder.initial,
  decorative: detailColumns.decorative.initial,
  visibility: detailColumns.visibility.initial,
};

interface FocalPoint {
  readonly x: number;
  readonly y: number;
}

type Details = RecordOf<typeof detailColumns>;

/** What to change of a file's details, checked and normalized. Absent fields stay unchanged. */
export type DetailsChange = Partial<Omit<Details, 'focalX' | 'focalY'>> & {
  readonly focalPoint?: FocalPoint | null;
  /** Text by locale. Null for a locale removes its text; null instead of the map removes all. */
  readonly texts?: ReadonlyMap<string, string | null> | null;
};

/** Reads `input` field by field; null means the value of a file for which no client has given one. */
export function readDetails(input: MediaDetailsInput, check: Check): DetailsChange {
  const {
    title,
    folder,
    altText,
    altTexts,
    decorative,
    description,
    credit,
    copyright,
    tags,
    focalPoint,
    visibility,
  } = input;
  const { altTexts: texts, ...details } = {
    title: check(['title'], () => given(title, readTitle, null)),
    folder: check(['folder'], () => given(folder, readFolder, initial.folder)),
    altText: check(['altText'], () => given(altText, readAltText, null)),
    altTexts: given(altTexts, (texts) => readTexts(texts, check), null),
    decorative: given(decorative, Boolean, initial.decorative),
    description: check(['description'], () => given(description, readDescription, null)),
    credit: check(['credit'], () => given(credit, readCredit, null)),
    copyright: check(['copyright'], () => given(copyright, readCredit, null)),
    tags: check(['tags'], () => given(tags, readTags, [])),
    focalPoint: given(focalPoint, (point) => readFocalPoint(point, check), null),
    visibility: given(visibility, (value) => value, initial.visibility),
  } satisfies Record<keyof MediaDetailsInput, unknown>;
  return present({ ...details, texts });
}

/** The columns that a change sets, without texts, which have separate rows. */
export function columnsOf({
  focalPoint,
  texts: _texts,
  ...columns
}: DetailsChange): Partial<Details> {
  if (focalPoint === undefined) return columns;
  return { ...columns, focalX: focalPoint?.x ?? null, focalY: focalPoint?.y ?? null };
}

/** The texts after `change`, sorted by locale as the database returns them. */
export function mergeTexts(
  texts: readonly LocaleText[],
  change: ReadonlyMap<string, string | null> | null,
): LocaleText[] {
  if (!change) return [];
  const all = new Map([...texts.map(({ locale, text }) => [locale, text] as const), ...change]);
  return [...all]
    .flatMap(([locale, text]) => (text === null ? [] : [{ locale, text }]))
    .toSorted((one, other) => (one.locale < other.locale ? -1 : 1));
}

const readTitle = (text: string) => readText(text, { maxLength: MAX_TITLE });
const readAltText = (text: string) => readText(text, { maxLength: MAX_ALT_TEXT });
const readCredit = (text: string) => readText(text, { maxLength: CREDIT_LENGTH });
const readDescription = (text: string) => readText(text, { maxLength: MAX_DESCRIPTION });

function given<Input, Value, Cleared>(
  input: Input | null | undefined,
  read: (input: Input) => Value,
  cleared: Cleared,
): Value | Cleared | undefined {
  if (input === undefined) return undefined;
  return input === null ? cleared : read(input);
}

function readTexts(
  input: NonNullable<MediaDetailsInput['altTexts']>,
  check: Check,
): ReadonlyMap<string, string | null> {
  const texts = new Map<string, string | null>();
  if (input.length > MAX_LOCALES) {
    check(['altTexts'], () => rejectValue(`Too many languages. The maximum is ${MAX_LOCALES}.`));
    return texts;
  }
  for (const [index, { locale: tag, text }] of input.entries()) {
    const locale = check(['altTexts', `${index}`, 'locale'], () => unusedLocale(tag, texts));
    const read = check(['altTexts', `${index}`, 'text'], () =>
      given(text ?? null, readAltText, null),
    );
    if (locale !== undefined && read !== undefined) texts.set(locale, read);
  }
  return texts;
}

function unusedLocale(tag: string, texts: ReadonlyMap<string, unknown>): string {
  const locale = readLocale(tag);
  return texts.has(locale) ? rejectValue(`The language "${locale}" is listed twice.`) : locale;
}

function readFocalPoint({ x, y }: { x: number; y: number }, check: Check) {
  check(['focalPoint', 'x'], () => readShare(x));
  check(['focalPoint', 'y'], () => readShare(y));
  return { x, y };
}

const readShare = (value: number) =>
  value >= 0 && value <= 1 ? value : rejectValue('The value must be between 0 and 1.');

function rejectValue(message: string): never {
  throw new InvalidValue(message);
}

type Present<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };

/** `values` without undefined ones, which the compiler distinguishes from absent ones. */
export function present<Values extends object>(values: Values): Present<Values>;
export function present(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
