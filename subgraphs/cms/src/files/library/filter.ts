import { badUserInput } from '@federated-media/subgraph-kit/errors';
import { isSubject } from '@federated-media/subgraph-kit/identity';
import { isBlank, withoutInvisible } from '@federated-media/subgraph-kit/normal-form';
import { lengthOf, textProblem } from '@federated-media/subgraph-kit/text';
import type { MediaLibraryFilter } from '../../generated/graphql.ts';
import type { MediaType } from '../../generated/prisma/enums.ts';
import { readFolder, readTags } from '../media-file/text.ts';
import { InvalidValue } from '../../platform/input-checks.ts';

const MAX_MIME_TYPES = 50;
const MAX_UPLOADERS = 50;
const MAX_SEARCH = 200;
const MAX_WORDS = 10;

/** Conditions on files, checked and normalized. Undefined and empty conditions match all files. */
export interface LibraryFilter {
  readonly mediaTypes?: readonly MediaType[] | undefined;
  readonly mimeTypes?: readonly string[] | undefined;
  readonly folder?: string | undefined;
  readonly folderTree?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly words?: readonly string[] | undefined;
  readonly isUsed?: boolean | undefined;
  readonly lacksAltText?: boolean | undefined;
  /** Undefined: files in the trash and others. */
  readonly isTrashed: boolean | undefined;
  readonly checksum?: string | undefined;
  readonly minSize?: number | undefined;
  readonly maxSize?: number | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly uploaders?: readonly string[] | undefined;
}

/** @throws BAD_USER_INPUT about the first invalid value */
export function readFilter(input: MediaLibraryFilter | null | undefined): LibraryFilter {
  if (!input) return { isTrashed: false };
  const { fileSize, createdAt, trashed } = input;
  checkRange(fileSize?.min, fileSize?.max, ['fileSize', 'min']);
  checkRange(createdAt?.from, createdAt?.to, ['createdAt', 'from']);
  return {
    mediaTypes: [...new Set(input.mediaType)],
    mimeTypes: read(['mimeType'], input.mimeType, readMimeTypes),
    folder: read(['folder'], input.folder, readNamedFolder),
    folderTree: read(['folderTree'], input.folderTree, readNamedFolder),
    tags: read(['tags'], input.tags, readTags),
    words: read(['search'], input.search, readWords),
    isUsed: input.used ?? undefined,
    lacksAltText: input.missingAltText ?? undefined,
    isTrashed: trashed === undefined ? false : (trashed ?? undefined),
    checksum: read(['checksum'], input.checksum, readChecksum),
    minSize: read(['fileSize', 'min'], fileSize?.min, readSize),
    maxSize: read(['fileSize', 'max'], fileSize?.max, readSize),
    from: createdAt?.from ?? undefined,
    to: createdAt?.to ?? undefined,
    uploaders: read(['createdBy'], input.createdBy, readUploaders),
  };
}

function read<Input, Value>(
  field: readonly string[],
  input: Input | null | undefined,
  reader: (input: Input) => Value,
): Value | undefined {
  if (input === null || input === undefined) return undefined;
  try {
    return reader(input);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw badUserInput(error.message, ['filter', ...field]);
  }
}

function checkRange(
  least: number | Date | null | undefined,
  most: number | Date | null | undefined,
  field: readonly [range: string, least: string],
) {
  if (least === null || least === undefined || most === null || most === undefined) return;
  if (least > most)
    throw badUserInput('The upper bound of the range is less than the lower bound.', [
      'filter',
      ...field,
    ]);
}

const rejectFilter = (message: string): never => {
  throw new InvalidValue(message);
};

/** Rejects blank paths: they could mean the default folder or all folders. */
const readNamedFolder = (path: string): string =>
  isBlank(path.replaceAll('/', ''))
    ? rejectFilter('The folder must not be blank.')
    : readFolder(path);

function readMimeTypes(types: readonly string[]): string[] {
  if (types.length > MAX_MIME_TYPES)
    rejectFilter(`Too many MIME types. The maximum is ${MAX_MIME_TYPES}.`);
  return [...new Set(types.map((type) => readMimeType(type)))];
}

/** RFC 6838, 4.2: type and subtype, both case-insensitive. */
const readMimeType = (type: string): string =>
  /^[\w.+-]{1,127}\/[\w.+-]{1,127}$/.test(type)
    ? type.toLowerCase()
    : rejectFilter('Invalid MIME type. Use the form "image/png".');

const readChecksum = (checksum: string): string =>
  /^[0-9a-f]{64}$/i.test(checksum)
    ? checksum.toLowerCase()
    : rejectFilter('Invalid checksum. A SHA-256 has 64 hexadecimal digits.');

const readSize = (bytes: number): number =>
  bytes >= 0 ? bytes : rejectFilter('The size must not be negative.');

function readUploaders(subjects: readonly string[]): string[] {
  if (subjects.length > MAX_UPLOADERS)
    rejectFilter(`Too many uploaders. The maximum is ${MAX_UPLOADERS}.`);
  if (!subjects.every(isSubject)) rejectFilter('An uploader has 1 to 255 printable characters.');
  return [...new Set(subjects)];
}

function readWords(search: string): string[] {
  if (lengthOf(search) > MAX_SEARCH)
    rejectFilter(`Too long. The maximum is ${MAX_SEARCH} characters.`);
  const problem = textProblem(search, MAX_SEARCH);
  if (problem !== null) rejectFilter(problem);
  const words = [...new Set(withoutInvisible(search).match(/\S+/gu))];
  return words.length > MAX_WORDS
    ? rejectFilter(`Too many words. The maximum is ${MAX_WORDS}.`)
    : words;
}
