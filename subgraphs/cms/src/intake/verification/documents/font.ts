import { FILE_TYPES } from '../../../files/file-types/file-types.ts';
import { corrupt, found } from '../inspection.ts';
import type { Inspector } from '../job.ts';

const { WOFF, WOFF2 } = FILE_TYPES;
const MAX_TABLES = 512;
/** Padding to a multiple of four bytes may be missing or counted. */
const PADDING = 3;

const INCOMPLETE = corrupt(
  'The tables of the font are not all in the file. It is probably incomplete.',
);

/**
 * The directory of a font: all tables are in the file (OpenType 1.9.1, WOFF 1.0, 4, and WOFF2, 4). Glyphs and programs are
 * not validated: browsers do so before they use a font.
 */
export const inspectFont: Inspector = ({ file, type, job: { byteSize } }) => {
  if (type === WOFF2) {
    const header = file.slice(0, 48);
    if (header.length < 48) return INCOMPLETE;
    const [length, compressed] = [header.readUInt32BE(8), header.readUInt32BE(20)];
    const isWhole = length <= byteSize + PADDING && 48 + compressed <= byteSize;
    return isWhole && compressed > 0 ? found({}) : INCOMPLETE;
  }
  const [headerBytes, entryBytes, offsetAt] = type === WOFF ? [44, 20, 4] : [12, 16, 8];
  const header = file.slice(0, headerBytes);
  if (header.length < headerBytes) return INCOMPLETE;
  const count = header.readUInt16BE(type === WOFF ? 12 : 4);
  const directory = file.slice(headerBytes, count * entryBytes);
  if (count === 0 || count > MAX_TABLES || directory.length < count * entryBytes) return INCOMPLETE;

  const names = new Set<string>();
  for (let at = 0; at < directory.length; at += entryBytes) {
    const end = directory.readUInt32BE(at + offsetAt) + directory.readUInt32BE(at + offsetAt + 4);
    if (end > byteSize) return INCOMPLETE;
    names.add(directory.toString('latin1', at, at + 4));
  }
  const hasHeader = names.has('head') || names.has('bhed');
  return hasHeader && names.has('cmap') ? found({}) : corrupt('The font has no characters.');
};
