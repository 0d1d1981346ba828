import { SaxesParser } from 'saxes';
import { FILE_TYPES } from '../../../files/file-types/file-types.ts';
import type { FileType } from '../../../files/file-types/file-type.ts';
import { corrupt } from '../inspection.ts';
import type { Refused } from '../verdict.ts';
import type { Archive, ArchiveEntry } from './archive.ts';
import {
  type DocumentKind,
  LOADING_FROM_NETWORK,
  WITH_MACROS,
  isOverNetwork,
  uncheckable,
} from './document-kind.ts';

/** The content types of the main part, in lower case (ISO 29500-1, 15.2 and others; [MS-OE376]). */
const MAIN_PARTS = new Map<string, FileType>([
  ...openXml('wordprocessingml.document', FILE_TYPES.DOCX),
  ...openXml('wordprocessingml.template', FILE_TYPES.DOTX),
  ...microsoft('word.document.macroenabled', FILE_TYPES.DOCM),
  ...microsoft('word.template.macroenabledtemplate', FILE_TYPES.DOTM),
  ...openXml('spreadsheetml.sheet', FILE_TYPES.XLSX),
  ...openXml('spreadsheetml.template', FILE_TYPES.XLTX),
  ...microsoft('excel.sheet.macroenabled', FILE_TYPES.XLSM),
  ...microsoft('excel.template.macroenabled', FILE_TYPES.XLTM),
  ['application/vnd.ms-excel.sheet.binary.macroenabled.main', FILE_TYPES.XLSB],
  ...openXml('presentationml.presentation', FILE_TYPES.PPTX),
  ...openXml('presentationml.template', FILE_TYPES.POTX),
  ...openXml('presentationml.slideshow', FILE_TYPES.PPSX),
  ...microsoft('powerpoint.presentation.macroenabled', FILE_TYPES.PPTM),
  ...microsoft('powerpoint.template.macroenabled', FILE_TYPES.POTM),
  ...microsoft('powerpoint.slideshow.macroenabled', FILE_TYPES.PPSM),
]);

function openXml(part: string, type: FileType): [string, FileType][] {
  return [[`application/vnd.openxmlformats-officedocument.${part}.main+xml`, type]];
}

function microsoft(part: string, type: FileType): [string, FileType][] {
  return [[`application/vnd.ms-${part}.main+xml`, type]];
}

/** Parts with macros, by their content type or by the names that Office gives them. */
const MACRO_TYPE = /\.(?:vbaproject|(?:intl)?macrosheet)\b/;
const MACRO_NAME = /(?:^|\/)(?:vbaProject\.bin$|(?:intl)?macrosheets\/.)/is;

/** Links that programs follow when they open a document or update its objects. */
const LOADED = /\/(?:attachedTemplate|oleObject|subDocument|frame)$/i;

/** Of all lists of a document when unpacked. */
const MAX_LISTS_BYTES = 16_000_000;
/** Elements and their attributes: about 100,000 links. */
const MAX_NODES = 500_000;

/** A list of all parts with their content types (ISO 29500-2, 10.1.2). */
const isPartList = ({ name }: ArchiveEntry) => name.toLowerCase() === '[content_types].xml';

export const isOpenXml = ({ entries }: Archive): boolean => entries.some(isPartList);

/**
 * Office Open XML, by the content type of its main part.
 *
 * @returns null for other packages of this form
 */
export function kindOfOpenXml(archive: Archive): DocumentKind | Refused | null {
  const { entries } = archive;
  const readList = createListReader(archive);
  const mainParts: { name: string; type: FileType }[] = [];
  let hasMacros = entries.some(({ name }) => MACRO_NAME.test(name));
  // Programs disagree about which of two entries with one name counts.
  for (const list of entries.filter(isPartList)) {
    const result = readList(list, ({ PartName = '', ContentType = '' }) => {
      const contentType = ContentType.trim().toLowerCase();
      const type = MAIN_PARTS.get(contentType);
      if (type) mainParts.push({ name: PartName.replace(/^\//, '').toLowerCase(), type });
      hasMacros ||= MACRO_TYPE.test(contentType);
    });
    if (result === 'too long') return TOO_LONG;
    if (result === 'unreadable')
      return corrupt('The list of the parts of the document cannot be read.');
  }

  const [main] = mainParts;
  if (!main) return null;
  const { name: mainName, type } = main;
  if (mainName !== '' && entries.every(({ name }) => name.toLowerCase() !== mainName))
    return corrupt('The main part of the document is missing. The file is probably incomplete.');
  if (type.runsMacros === true || hasMacros) return { type, danger: WITH_MACROS };
  return { type, danger: dangerOfLinks(archive, readList) };
}

function dangerOfLinks({ entries }: Archive, readList: ReadList): Refused | undefined {
  for (const entry of entries.filter(({ name }) => /\.rels$/i.test(name))) {
    let loadedCount = 0;
    const result = readList(entry, (link) => {
      if (isLoaded(link)) loadedCount += 1;
    });
    if (result === 'too long') return TOO_LONG;
    if (result === 'unreadable') return uncheckable('its links cannot be read');
    if (loadedCount > 0) return LOADING_FROM_NETWORK;
  }
  return undefined;
}

type Attributes = Readonly<Partial<Record<string, string>>>;

const isLoaded = ({ Type = '', TargetMode = '', Target = '' }: Attributes) =>
  TargetMode === 'External' && LOADED.test(Type) && isOverNetwork(Target);

const TOO_LONG = uncheckable('it has too many parts or links');

/** Passes on the attributes of each element, without expanding entities. */
type ReadList = (
  list: ArchiveEntry,
  visit: (attributes: Attributes) => void,
) => 'read' | 'unreadable' | 'too long';

/** What all lists of an archive take is bounded. */
function createListReader(archive: Archive): ReadList {
  let bytes = MAX_LISTS_BYTES;
  let nodes = MAX_NODES;

  return (list, visit) => {
    const xml = archive.read(list, bytes);
    if (!xml) return 'unreadable';
    bytes -= xml.length;
    const parser = new SaxesParser();
    const count = () => {
      nodes -= 1;
      if (nodes < 0) throw new RangeError('too many nodes');
    };
    parser.on('attribute', count);
    parser.on('opentag', ({ attributes }) => {
      count();
      visit(attributes);
    });
    parser.on('error', (error) => {
      throw error;
    });
    try {
      parser.write(decodeXml(xml)).close();
      return 'read';
    } catch {
      return nodes < 0 ? 'too long' : 'unreadable';
    }
  };
}

const decodeXml = (xml: Buffer) => new TextDecoder(encodingOf(xml)).decode(xml);

function encodingOf([first, second]: Buffer): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
