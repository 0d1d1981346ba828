import type { FileType } from './file-type.ts';
import { allTypes, fitsMimeType, fitsPackedExtension } from './file-types.ts';

/** The types that a deployment accepts. */
export interface Acceptance {
  accepts(type: FileType): boolean;
  /** Whether a file of this content type may be of an accepted type. */
  acceptsMimeType(mimeType: string): boolean;
  acceptsExtension(extension: string): boolean;
  /** The greatest size of the types that a content type can stand for; Infinity if they have no limit. */
  maxBytesOf(mimeType: string): number;
  /** Whether documents are accepted that could run something when they are opened. */
  readonly acceptsMacros: boolean;
  /** For error messages. */
  readonly sentence: string;
  /** The extensions that the types are stored under: with them another process can create the same acceptance. */
  readonly extensions: readonly string[];
}

/**
 * Reads ACCEPTED_TYPES: groups and extensions, separated by commas, such as `images, pdf, mp4`. The default if it is
 * empty.
 *
 * @returns the entries that name neither, if there are any
 */
export function readAcceptedTypes(
  text: string | undefined,
): readonly FileType[] | { readonly unknown: string[] } {
  const entries = (text ?? '')
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '');
  if (entries.length === 0) return DEFAULT_TYPES;
  const unknown = entries.filter((entry) => !allTypes.some((type) => isNamedBy(entry, type)));
  if (unknown.length > 0) return { unknown };
  return allTypes.filter((type) => entries.some((entry) => isNamedBy(entry, type)));
}

const isNamedBy = (entry: string, { group, extension }: FileType): boolean =>
  entry === extension || entry === group;

/** Types that are meant for macros are accepted only with `acceptsMacros`. */
export function createAcceptance(
  named: readonly FileType[],
  { acceptsMacros = false } = {},
): Acceptance {
  const types = named.filter(({ runsMacros = false }) => acceptsMacros || !runsMacros);
  const accepted = new Set(types);
  const standingFor = (mimeType: string) => types.filter((type) => fitsMimeType(type, mimeType));
  return {
    accepts: (type) => accepted.has(type),
    acceptsMimeType: (mimeType) => standingFor(mimeType).length > 0,
    acceptsExtension: (extension) => types.some((type) => fitsPackedExtension(type, extension)),
    maxBytesOf(mimeType) {
      const limits = standingFor(mimeType).map(({ maxBytes = Infinity }) => maxBytes);
      return limits.length > 0 ? Math.max(...limits) : Infinity;
    },
    acceptsMacros,
    sentence: `Accepted types: ${types.map(({ name }) => name).join(', ')}.`,
    extensions: types.map(({ extension }) => extension),
  };
}

/** The types of `extensions`, which another process read from `Acceptance.extensions`. */
export const acceptanceOf = (extensions: readonly string[]): Acceptance =>
  createAcceptance(
    allTypes.filter(({ extension }) => extensions.includes(extension)),
    { acceptsMacros: true },
  );

/** Without archives, which can contain anything, and fonts, which many licences do not allow to publish. */
const DEFAULT_TYPES = allTypes.filter(({ group }) => group !== 'archives' && group !== 'fonts');

export const DEFAULT_ACCEPTANCE = createAcceptance(DEFAULT_TYPES);
