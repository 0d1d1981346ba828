import { contradictionOf } from '../../../files/file-types/claims.ts';
import { FILE_TYPES } from '../../../files/file-types/file-types.ts';
import type { FileType } from '../../../files/file-types/file-type.ts';
import { corrupt, found } from '../inspection.ts';
import type { Inspector, Job } from '../job.ts';
import { type Refused, rejectFile } from '../verdict.ts';
import { type CompoundEntry, type CompoundFile, openCompoundFile } from './compound-file.ts';
import {
  type DocumentKind,
  PASSWORD_PROTECTED,
  WITH_MACROS,
  uncheckable,
} from './document-kind.ts';

const { DOC, XLS, PPT, DOCX, DOCM, XLSX, XLSM, XLSB, PPTX, PPTM } = FILE_TYPES;

/** Office documents before 2007, and newer ones that are encrypted with a password. */
export const inspectCompound: Inspector = ({ file, job }) => {
  const compound = openCompoundFile(file, job.byteSize);
  if (!compound) return corrupt('The document is damaged or incomplete.');
  const kind = kindOf(compound, job);
  if ('refused' in kind) return kind;
  return kind.danger && !job.acceptsMacros ? kind.danger : found({}, kind.type);
};

function kindOf(compound: CompoundFile, job: Job): DocumentKind | Refused {
  const topLevel = (name: string) =>
    compound.entries.find((entry) => entry.isTopLevel && sameName(entry.name, name));
  const workbook = topLevel('Workbook') ?? topLevel('Book');
  const slides = topLevel('PowerPoint Document');
  const runsMacros = compound.entries.some(isMacroProject);

  if (topLevel('EncryptedPackage')) return { type: claimed(job), danger: PASSWORD_PROTECTED };
  if (topLevel('WordDocument')) return { type: DOC, danger: runsMacros ? WITH_MACROS : undefined };
  if (workbook) {
    return { type: XLS, danger: runsMacros ? WITH_MACROS : dangerOfSheets(compound, workbook) };
  }
  if (slides) {
    const isEncrypted = topLevel('EncryptedSummary') !== undefined;
    const danger = isEncrypted ? PASSWORD_PROTECTED : undefined;
    return {
      type: PPT,
      danger: runsMacros || runsSlideMacros(compound, slides) ? WITH_MACROS : danger,
    };
  }
  return rejectFile(
    'UNSUPPORTED_TYPE',
    'The file is a compound file, such as an e-mail or an installer, but not a Word, Excel or PowerPoint document.',
  );
}

const sameName = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

/** The bytes of an encrypted package do not tell what is in it. */
const claimed = (job: Job): FileType =>
  [DOCX, XLSX, PPTX, DOCM, XLSM, XLSB, PPTM].find((type) => !contradictionOf(type, job)) ?? DOCX;

const isMacroProject = ({ name }: CompoundEntry) =>
  /^(?:VBA|_VBA_PROJECT(?:_CUR)?|Macros)$/i.test(name);

const FILE_PASS = 0x2f;
const SHEET = 0x85;
const END_OF_FILE = 0x0a;
const MACRO_SHEET = 1;
const VISUAL_BASIC_MODULE = 6;
const HEADER_BYTES = 4;
const SHEET_BYTES = 10;

/**
 * Excel 4.0 macros are sheets ([MS-XLS], 2.4.28). A password hides what a sheet is. The list of sheets has no fixed
 * place among the first records, which may also hold all texts and images of the workbook.
 */
function dangerOfSheets(compound: CompoundFile, workbook: CompoundEntry): Refused | undefined {
  let rest: Buffer = Buffer.alloc(0);
  let at = 0;
  for (const piece of compound.read(workbook)) {
    const bytes = Buffer.concat([rest, piece]);
    while (at + HEADER_BYTES <= bytes.length) {
      const id = bytes.readUInt16LE(at);
      if (id === END_OF_FILE) return undefined;
      if (id === FILE_PASS) return PASSWORD_PROTECTED;
      if (id === SHEET && at + SHEET_BYTES > bytes.length) break;
      const kind = id === SHEET ? bytes[at + 9] : undefined;
      if (kind === MACRO_SHEET || kind === VISUAL_BASIC_MODULE) return WITH_MACROS;
      at += HEADER_BYTES + bytes.readUInt16LE(at + 2);
    }
    rest = bytes.subarray(at);
    at = Math.max(0, at - bytes.length);
  }
  return uncheckable('its list of sheets has no end');
}

/** The record that says whether slides have macros, and its container, without the versions ([MS-PPT], 2.4.10). */
const PROJECT = Buffer.from([0xff, 0x03, 0x14, 0, 0, 0, 0x02, 0, 0, 0x04, 0x0c, 0, 0, 0]);
const HAS_MACROS_AT = PROJECT.length + 4;

/** PowerPoint keeps macros in a record of its only stream. */
function runsSlideMacros(compound: CompoundFile, slides: CompoundEntry): boolean {
  let rest: Buffer = Buffer.alloc(0);
  for (const piece of compound.read(slides)) {
    const bytes = Buffer.concat([rest, piece]);
    for (let at = bytes.indexOf(PROJECT); at !== -1; at = bytes.indexOf(PROJECT, at + 1)) {
      const flag = bytes[at + HAS_MACROS_AT];
      if (flag !== undefined && flag !== 0) return true;
    }
    rest = bytes.subarray(Math.max(0, bytes.length - HAS_MACROS_AT));
  }
  return false;
}
