import type { MediaDetailsInput } from '../../generated/graphql.ts';
import type { MediaVisibility } from '../../generated/prisma/enums.ts';
import { type Check, InvalidValue } from '../../platform/input-checks.ts';
import { DEFAULT_FOLDER, readFolder, readLocale, readTags, readText } from './text.ts';

const MAX_ALT_TEXT = 500;
const MAX_DESCRIPTION = 5000;
const MAX_LOCALES = 100;

/** What to change of a file's details, checked and in one spelling. What is absent stays. */
export interface DetailsChange {
  folder?: string;
  altText?: string | null;
  /** Text by locale; null removes that of a locale, and null for all of them every one. */
  texts?: ReadonlyMap<string, string | null> | null;
  decorative?: boolean;
  description?: string | null;
  tags?: string[];
  focalPoint?: { x: number; y: number } | null;
  visibility?: MediaVisibility;
}

/** Reads `input` field by field; null means the value of a file nobody has said anything about. */
export function readDetails(input: MediaDetailsInput, check: Check): DetailsChange {
  const { folder, altText, altTexts, decorative, description, tags, focalPoint, visibility } =
    input;
  return present({
    folder: check(['folder'], () => given(folder, readFolder, DEFAULT_FOLDER)),
    altText: check(['altText'], () => given(altText, readAltText, null)),
    texts: given(altTexts, (texts) => readTexts(texts, check), null),
    decorative: given(decorative, Boolean, false),
    description: check(['description'], () => given(description, readDescription, null)),
    tags: check(['tags'], () => given(tags, readTags, [])),
    focalPoint: given(focalPoint, (point) => readFocalPoint(point, check), null),
    visibility: given(visibility, (value) => value, 'PUBLIC'),
  });
}

const readAltText = (text: string) => readText(text, { maxLength: MAX_ALT_TEXT });
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

/** `values` without what is undefined: Prisma and the compiler tell absent from undefined. */
export function present<Values extends object>(values: Values): Present<Values>;
export function present(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
