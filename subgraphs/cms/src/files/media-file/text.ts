import { excerpt } from '@federated-media/subgraph-kit/excerpt';
import { normalKey, normalText } from '@federated-media/subgraph-kit/normal-form';
import { lengthOf, textProblem } from '@federated-media/subgraph-kit/text';
import { detailColumns } from '../../model/media-file-columns.ts';
import { InvalidValue } from '../../platform/input-checks.ts';

const MAX_FILENAME = 255;
export const MAX_FOLDER = 100;
/** Including redundant slashes and spaces: 900 kB of them would be split again for each field. */
const MAX_FOLDER_PATH = 1_000;
export const MAX_FOLDER_LEVELS = 10;
export const MAX_TAGS = 50;
export const MAX_TAG = 100;
/** The length of a language tag, in characters. */
export const MAX_LOCALE = 35;

/** Control characters, line and paragraph separators: a CR LF ends an HTTP header. */
const CONTROLS = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Free text in its normal form; null if blank. @throws InvalidValue */
export function readText(text: string, { maxLength }: { maxLength: number }): string | null {
  const problem = textProblem(text, maxLength);
  if (problem !== null) throw new InvalidValue(problem);
  return normalText(text);
}

/**
 * A file name that is safe to show and to send in a header: without folders, control characters and marks that change
 * the direction of writing ("gpj.exe" after a right-to-left override is shown as "exe.jpg"). @throws InvalidValue
 */
export function readFilename(name: string): string {
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const cleaned = normalKey(last.replaceAll(new RegExp(CONTROLS, 'gu'), ''));
  if (/^\.*$/.test(cleaned)) throw new InvalidValue('The file name is empty.');
  if (lengthOf(cleaned) > MAX_FILENAME) {
    throw new InvalidValue(`The file name is too long. The maximum is ${MAX_FILENAME} characters.`);
  }
  return cleaned;
}

/** A folder path in its normal form: `/Brand//Logos/` becomes `Brand/Logos`, and a blank path the default. @throws InvalidValue */
export function readFolder(path: string): string {
  if (path.length > MAX_FOLDER_PATH)
    throw new InvalidValue(`The folder path is too long. The maximum is ${MAX_FOLDER} characters.`);
  if (CONTROLS.test(path) || path.includes('\\')) {
    throw new InvalidValue('The folder path must not contain control characters or backslashes.');
  }
  const names = path
    .split('/')
    .map((name) => normalKey(name))
    .filter((name) => name !== '');
  if (names.some((name) => name === '.' || name === '..')) {
    throw new InvalidValue('The folder path must not contain "." or "..".');
  }
  if (names.length > MAX_FOLDER_LEVELS)
    throw new InvalidValue(
      `The folder path is too deep. The maximum is ${MAX_FOLDER_LEVELS} levels.`,
    );
  const folder = names.join('/') || detailColumns.folder.initial;
  if (lengthOf(folder) > MAX_FOLDER)
    throw new InvalidValue(`The folder path is too long. The maximum is ${MAX_FOLDER} characters.`);
  return folder;
}

/** Tags in their normal form, without duplicates. @throws InvalidValue */
export function readTags(tags: readonly string[]): string[] {
  const distinct = [...new Set(tags.map((tag) => readTag(tag)))];
  if (distinct.length > MAX_TAGS)
    throw new InvalidValue(`Too many tags. The maximum is ${MAX_TAGS}.`);
  return distinct;
}

function readTag(tag: string): string {
  const normal = normalKey(tag);
  if (normal === '') throw new InvalidValue('A tag must not be empty.');
  if (lengthOf(normal) > MAX_TAG)
    throw new InvalidValue(`A tag is too long. The maximum is ${MAX_TAG} characters.`);
  if (normal.includes(',') || CONTROLS.test(normal)) {
    throw new InvalidValue('A tag must not contain commas or control characters.');
  }
  return normal;
}

/** The canonical form of a language tag: `FR-ca` becomes `fr-CA` (RFC 5646, 4.5). @throws InvalidValue */
export function readLocale(tag: string): string {
  const locale = tag.length > MAX_LOCALE ? null : canonicalLocale(tag);
  if (locale !== null && isRegistered(locale)) return locale;
  throw new InvalidValue(
    `Unknown language tag "${excerpt(tag)}". Use a BCP 47 tag such as "fr" or "fr-CA".`,
  );
}

const LANGUAGES = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
const REGIONS = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/**
 * Whether language and region are registered (RFC 5646, 2.2.9), as far as Unicode lists them: all languages
 * and regions of two letters, but not the thousands of languages of three.
 */
function isRegistered(locale: string): boolean {
  const { language, region } = new Intl.Locale(locale);
  const isLanguage = language.length !== 2 || LANGUAGES.of(language) !== undefined;
  return isLanguage && (region === undefined || REGIONS.of(region) !== undefined);
}

/** Null for tags without a Unicode locale. BCP 47 has such tags (`i-klingon`), and the scalar accepts them. */
export function canonicalLocale(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
