import { FILE_TYPES } from '../../../files/file-types/file-types.ts';
import { found } from '../inspection.ts';
import type { Inspector } from '../job.ts';
import { rejectFile } from '../verdict.ts';
import { readArchive } from './archive.ts';
import { isOpenDocument, kindOfOpenDocument } from './open-document.ts';
import { isOpenXml, kindOfOpenXml } from './open-xml.ts';

const AMBIGUOUS = rejectFile(
  'UNSUPPORTED_TYPE',
  'The file is an Office document and an OpenDocument at the same time. Save it as one of them.',
);

/**
 * ZIP archives and the documents that are ZIP archives: Office Open XML, OpenDocument and EPUB. Only what tells the type
 * and whether it has macros is decompressed, within a bound. Archives in it are not opened.
 */
export const inspectPackage: Inspector = async ({ file, job: { byteSize, acceptsMacros } }) => {
  const archive = await readArchive(file, byteSize);
  if ('refused' in archive) return archive;

  // Each program would open another document, and only one of them is checked for macros.
  if (isOpenXml(archive) && isOpenDocument(archive)) return AMBIGUOUS;
  const kind = isOpenXml(archive) ? kindOfOpenXml(archive) : kindOfOpenDocument(archive);
  if (kind === null) return found({}, FILE_TYPES.ZIP);
  if ('refused' in kind) return kind;
  return kind.danger && !acceptsMacros ? kind.danger : found({}, kind.type);
};
