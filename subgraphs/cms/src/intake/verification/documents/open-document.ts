import { FILE_TYPES } from '../../../files/file-types/file-types.ts';
import type { FileType } from '../../../files/file-types/file-type.ts';
import { corrupt } from '../inspection.ts';
import type { Refused } from '../verdict.ts';
import type { Archive, ArchiveEntry } from './archive.ts';
import { type DocumentKind, PASSWORD_PROTECTED, WITH_MACROS } from './document-kind.ts';

const { ODT, OTT, ODS, OTS, ODP, OTP, ODG, EPUB } = FILE_TYPES;
const BY_NAME = new Map<string, FileType>(
  [ODT, OTT, ODS, OTS, ODP, OTP, ODG, EPUB].map((type) => [type.mimeType, type]),
);
const MAX_NAME_BYTES = 256;

/** Modules and scripts. LibreOffice also writes lists of modules, which are empty without macros. */
const MACROS = /^(?:Basic\/[^/]+\/(?!script-l[bc]\.xml$)[^/]+|Scripts\/.*[^/])$/i;

/** LibreOffice reads the content type from either. Names are compared as the least exact programs do. */
const isSignature = ({ name }: ArchiveEntry) =>
  /^(?:mimetype|META-INF\/manifest\.xml)$/i.test(name);

/** Whether a program could take the archive for one, valid or not. */
export const isOpenDocument = ({ entries }: Archive): boolean => entries.some(isSignature);

/**
 * OpenDocument and EPUB name their content type in the entry `mimetype` (OpenDocument 1.3, part 2, 3.3; EPUB 3.3, 4.2).
 *
 * @returns null if it is neither
 */
export function kindOfOpenDocument(archive: Archive): DocumentKind | Refused | null {
  const names = new Set(archive.entries.map(({ name }) => name));
  const named = archive.entries.find(({ name }) => name === 'mimetype');
  const mimeType = named && archive.read(named, MAX_NAME_BYTES)?.toString('latin1').trim();
  const type = BY_NAME.get(mimeType ?? '');
  if (!type) return null;

  const hasMacros = archive.entries.some(({ name }) => MACROS.test(name));
  if (type === EPUB) {
    if (!names.has('META-INF/container.xml')) return incomplete(type);
    // Readers of EPUB run no modules, but another signature can name another type.
    const isAmbiguous = archive.entries.filter(isSignature).length > 1;
    return { type, danger: hasMacros && isAmbiguous ? WITH_MACROS : undefined };
  }
  if (names.has('encrypted-package')) return { type, danger: PASSWORD_PROTECTED };
  if (!names.has('content.xml')) return incomplete(type);
  return { type, danger: hasMacros ? WITH_MACROS : undefined };
}

const incomplete = ({ name }: FileType) =>
  corrupt(`The ${name} has no content. The file is probably incomplete.`);
