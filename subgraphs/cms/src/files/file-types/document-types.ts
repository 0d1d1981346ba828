import type { FileType } from './file-type.ts';

/** What clients without an entry for an Office document send for its container. */
const ZIP_MIME_TYPES = ['application/zip', 'application/x-zip-compressed', 'application/x-zip'];

const DOCUMENT = {
  group: 'documents',
  mediaType: 'DOCUMENT',
  shownAs: 'nothing',
  servedAs: 'attachment',
} as const;
const PACKAGE = { ...DOCUMENT, inspectedAs: 'package', mimeAliases: ZIP_MIME_TYPES } as const;
const COMPOUND = { ...DOCUMENT, maxBytes: 250_000_000, inspectedAs: 'compound' } as const;
const TEXT = {
  group: 'text',
  mediaType: 'DOCUMENT',
  maxBytes: 100_000_000,
  inspectedAs: 'text',
  shownAs: 'nothing',
  servedAs: 'attachment',
} as const;
const FONT = {
  group: 'fonts',
  mediaType: 'DOCUMENT',
  maxBytes: 50_000_000,
  inspectedAs: 'font',
  shownAs: 'nothing',
  servedAs: 'inline',
} as const;

const OPEN_XML = 'application/vnd.openxmlformats-officedocument';
const OPEN_DOCUMENT = 'application/vnd.oasis.opendocument';

/** WPS Office registers content types of the form `application/wps-office.docx`. */
const wps = (extension: string) => `application/wps-office.${extension}`;

const PDF: FileType = {
  name: 'PDF',
  group: 'documents',
  mediaType: 'DOCUMENT',
  mimeType: 'application/pdf',
  extension: 'pdf',
  mimeAliases: ['application/x-pdf', 'application/acrobat', 'text/pdf', wps('pdf')],
  inspectedAs: 'pdf',
  shownAs: 'page',
  servedAs: 'inline',
};

const DOCX: FileType = {
  ...PACKAGE,
  name: 'DOCX',
  mimeType: `${OPEN_XML}.wordprocessingml.document`,
  extension: 'docx',
  mimeAliases: [...ZIP_MIME_TYPES, 'application/msword', 'application/kswps', wps('docx')],
};
const DOTX: FileType = {
  ...PACKAGE,
  name: 'DOTX',
  mimeType: `${OPEN_XML}.wordprocessingml.template`,
  extension: 'dotx',
};
const DOCM: FileType = {
  ...PACKAGE,
  name: 'DOCM',
  mimeType: 'application/vnd.ms-word.document.macroenabled.12',
  extension: 'docm',
  runsMacros: true,
};
const DOTM: FileType = {
  ...PACKAGE,
  name: 'DOTM',
  mimeType: 'application/vnd.ms-word.template.macroenabled.12',
  extension: 'dotm',
  runsMacros: true,
};
const XLSX: FileType = {
  ...PACKAGE,
  name: 'XLSX',
  mimeType: `${OPEN_XML}.spreadsheetml.sheet`,
  extension: 'xlsx',
  mimeAliases: [...ZIP_MIME_TYPES, 'application/vnd.ms-excel', 'application/kset', wps('xlsx')],
};
const XLTX: FileType = {
  ...PACKAGE,
  name: 'XLTX',
  mimeType: `${OPEN_XML}.spreadsheetml.template`,
  extension: 'xltx',
};
const XLSM: FileType = {
  ...PACKAGE,
  name: 'XLSM',
  mimeType: 'application/vnd.ms-excel.sheet.macroenabled.12',
  extension: 'xlsm',
  runsMacros: true,
};
const XLTM: FileType = {
  ...PACKAGE,
  name: 'XLTM',
  mimeType: 'application/vnd.ms-excel.template.macroenabled.12',
  extension: 'xltm',
  runsMacros: true,
};
/** Its content type mentions macros whether it has any or not. */
const XLSB: FileType = {
  ...PACKAGE,
  name: 'XLSB',
  mimeType: 'application/vnd.ms-excel.sheet.binary.macroenabled.12',
  extension: 'xlsb',
  mimeAliases: [...ZIP_MIME_TYPES, 'application/vnd.ms-excel'],
};
const PPTX: FileType = {
  ...PACKAGE,
  name: 'PPTX',
  mimeType: `${OPEN_XML}.presentationml.presentation`,
  extension: 'pptx',
  extensionAliases: ['ppsx'],
  mimeAliases: [
    ...ZIP_MIME_TYPES,
    'application/vnd.ms-powerpoint',
    'application/ksdps',
    wps('pptx'),
  ],
};
const POTX: FileType = {
  ...PACKAGE,
  name: 'POTX',
  mimeType: `${OPEN_XML}.presentationml.template`,
  extension: 'potx',
};
/** People rename it to edit it, and back to show it. */
const PPSX: FileType = {
  ...PACKAGE,
  name: 'PPSX',
  mimeType: `${OPEN_XML}.presentationml.slideshow`,
  extension: 'ppsx',
  extensionAliases: ['pptx'],
  mimeAliases: [...ZIP_MIME_TYPES, 'application/vnd.ms-powerpoint', PPTX.mimeType],
};
const PPTM: FileType = {
  ...PACKAGE,
  name: 'PPTM',
  mimeType: 'application/vnd.ms-powerpoint.presentation.macroenabled.12',
  extension: 'pptm',
  runsMacros: true,
};
const POTM: FileType = {
  ...PACKAGE,
  name: 'POTM',
  mimeType: 'application/vnd.ms-powerpoint.template.macroenabled.12',
  extension: 'potm',
  runsMacros: true,
};
const PPSM: FileType = {
  ...PACKAGE,
  name: 'PPSM',
  mimeType: 'application/vnd.ms-powerpoint.slideshow.macroenabled.12',
  extension: 'ppsm',
  runsMacros: true,
};

const ODT: FileType = {
  ...PACKAGE,
  name: 'ODT',
  mimeType: `${OPEN_DOCUMENT}.text`,
  extension: 'odt',
};
const OTT: FileType = {
  ...PACKAGE,
  name: 'OTT',
  mimeType: `${OPEN_DOCUMENT}.text-template`,
  extension: 'ott',
};
const ODS: FileType = {
  ...PACKAGE,
  name: 'ODS',
  mimeType: `${OPEN_DOCUMENT}.spreadsheet`,
  extension: 'ods',
};
const OTS: FileType = {
  ...PACKAGE,
  name: 'OTS',
  mimeType: `${OPEN_DOCUMENT}.spreadsheet-template`,
  extension: 'ots',
};
const ODP: FileType = {
  ...PACKAGE,
  name: 'ODP',
  mimeType: `${OPEN_DOCUMENT}.presentation`,
  extension: 'odp',
};
const OTP: FileType = {
  ...PACKAGE,
  name: 'OTP',
  mimeType: `${OPEN_DOCUMENT}.presentation-template`,
  extension: 'otp',
};
const ODG: FileType = {
  ...PACKAGE,
  name: 'ODG',
  mimeType: `${OPEN_DOCUMENT}.graphics`,
  extension: 'odg',
};
const EPUB: FileType = {
  ...PACKAGE,
  name: 'EPUB',
  mimeType: 'application/epub+zip',
  extension: 'epub',
  mimeAliases: [...ZIP_MIME_TYPES, 'application/epub'],
};

const XLS: FileType = {
  ...COMPOUND,
  name: 'XLS',
  mimeType: 'application/vnd.ms-excel',
  extension: 'xls',
  extensionAliases: ['xlt'],
  mimeAliases: [
    'application/msexcel',
    'application/x-msexcel',
    'application/x-excel',
    'application/excel',
    'application/xls',
    'application/x-xls',
    'application/kset',
    wps('xls'),
  ],
};
const PPT: FileType = {
  ...COMPOUND,
  name: 'PPT',
  mimeType: 'application/vnd.ms-powerpoint',
  extension: 'ppt',
  extensionAliases: ['pps', 'pot'],
  mimeAliases: [
    'application/mspowerpoint',
    'application/powerpoint',
    'application/x-mspowerpoint',
    'application/ksdps',
    wps('ppt'),
  ],
};
/** The same first bytes begin XLS, PPT and documents of all kinds that are protected with a password. */
const DOC: FileType = {
  ...COMPOUND,
  name: 'DOC',
  mimeType: 'application/msword',
  extension: 'doc',
  extensionAliases: ['dot'],
  mimeAliases: [
    'application/vnd.ms-word',
    'application/vnd.msword',
    'application/x-msword',
    'application/doc',
    'application/kswps',
    wps('doc'),
  ],
  variants: [XLS, PPT, DOCX, DOCM, XLSX, XLSM, XLSB, PPTX, PPTM].map(({ mimeType }) => mimeType),
};
/** Word opens RTF under the name of a DOC, and many programs save it so. */
const RTF: FileType = {
  ...DOCUMENT,
  name: 'RTF',
  mimeType: 'application/rtf',
  extension: 'rtf',
  extensionAliases: ['doc'],
  mimeAliases: ['text/rtf', 'text/richtext', 'application/x-rtf', 'application/msword'],
  maxBytes: 100_000_000,
  inspectedAs: 'rtf',
};

/** Comma-separated or with another separator. Windows with Excel sends the type of XLS. */
const CSV: FileType = {
  ...TEXT,
  name: 'CSV',
  mimeType: 'text/csv',
  extension: 'csv',
  mimeAliases: [
    'application/vnd.ms-excel',
    'application/csv',
    'application/x-csv',
    'text/x-csv',
    'text/comma-separated-values',
    'text/x-comma-separated-values',
    'application/kset',
    wps('csv'),
  ],
};
const TSV: FileType = {
  ...TEXT,
  name: 'TSV',
  mimeType: 'text/tab-separated-values',
  extension: 'tsv',
  extensionAliases: ['tab'],
  mimeAliases: ['text/tsv', 'text/x-tsv'],
};
/** May begin with markup, as many do with a logo. */
const MARKDOWN: FileType = {
  ...TEXT,
  name: 'Markdown',
  mimeType: 'text/markdown',
  extension: 'md',
  extensionAliases: ['markdown', 'mkd'],
  mimeAliases: ['text/x-markdown', 'text/x-web-markdown', 'application/markdown'],
};
/** Parsed up to a size, see `text.ts`. */
const JSON_TEXT: FileType = {
  ...TEXT,
  name: 'JSON',
  mimeType: 'application/json',
  extension: 'json',
  extensionAliases: ['geojson', 'jsonld'],
  mimeAliases: ['text/json', 'application/x-json', 'application/geo+json', 'application/ld+json'],
};
/** It may name other files by URL, which are not fetched. */
const GLTF: FileType = {
  ...TEXT,
  group: 'models',
  name: 'glTF',
  mimeType: 'model/gltf+json',
  extension: 'gltf',
  mimeAliases: ['application/json', 'text/json'],
};
/** Bytes do not tell one kind of text from another: name and declared type do. */
const TXT: FileType = {
  ...TEXT,
  name: 'text',
  mimeType: 'text/plain',
  extension: 'txt',
  extensionAliases: ['text', 'log', 'yaml', 'yml', 'toml', 'srt'],
  // Each browser declares another one.
  mimeAliases: [
    'text/x-log',
    'application/txt',
    'application/yaml',
    'application/x-yaml',
    'text/yaml',
    'text/x-yaml',
    'application/toml',
    'application/x-toml',
    'text/toml',
    'text/x-toml',
    'application/x-subrip',
    'text/srt',
    'text/x-subrip',
  ],
  variants: [CSV, TSV, MARKDOWN, JSON_TEXT, GLTF].map(({ mimeType }) => mimeType),
};

const GLB: FileType = {
  name: 'GLB',
  group: 'models',
  mediaType: 'DOCUMENT',
  mimeType: 'model/gltf-binary',
  extension: 'glb',
  inspectedAs: 'model',
  shownAs: 'nothing',
  servedAs: 'inline',
};

const WOFF2: FileType = {
  ...FONT,
  name: 'WOFF2',
  mimeType: 'font/woff2',
  extension: 'woff2',
  mimeAliases: ['application/font-woff2', 'application/x-font-woff2'],
};
const WOFF: FileType = {
  ...FONT,
  name: 'WOFF',
  mimeType: 'font/woff',
  extension: 'woff',
  mimeAliases: ['application/font-woff', 'application/x-font-woff'],
};
/** OpenType fonts with TrueType outlines have either extension. */
const TTF: FileType = {
  ...FONT,
  name: 'TrueType',
  mimeType: 'font/ttf',
  extension: 'ttf',
  extensionAliases: ['otf'],
  mimeAliases: [
    'font/otf',
    'font/sfnt',
    'application/font-sfnt',
    'application/x-font-ttf',
    'application/x-font-truetype',
    'application/x-truetype-font',
  ],
};
const OTF: FileType = {
  ...FONT,
  name: 'OpenType',
  mimeType: 'font/otf',
  extension: 'otf',
  extensionAliases: ['ttf'],
  mimeAliases: [
    'font/ttf',
    'font/sfnt',
    'font/opentype',
    'application/font-sfnt',
    'application/x-font-otf',
    'application/x-font-opentype',
    'application/vnd.ms-opentype',
  ],
};

const PACKAGES = {
  DOCX,
  DOTX,
  DOCM,
  DOTM,
  XLSX,
  XLTX,
  XLSM,
  XLTM,
  XLSB,
  PPTX,
  POTX,
  PPSX,
  PPTM,
  POTM,
  PPSM,
  ODT,
  OTT,
  ODS,
  OTS,
  ODP,
  OTP,
  ODG,
  EPUB,
};
/** Stored without a look at the files in it. */
const ZIP: FileType = {
  ...PACKAGE,
  name: 'ZIP',
  group: 'archives',
  mimeType: 'application/zip',
  extension: 'zip',
  mimeAliases: ['application/x-zip-compressed', 'application/x-zip', 'multipart/x-zip'],
  variants: Object.values(PACKAGES).map(({ mimeType }) => mimeType),
};

/** Documents, text, 3D models, fonts and archives. */
export const DOCUMENT_TYPES = {
  PDF,
  ...PACKAGES,
  DOC,
  XLS,
  PPT,
  RTF,
  TXT,
  CSV,
  TSV,
  MARKDOWN,
  JSON: JSON_TEXT,
  GLB,
  GLTF,
  WOFF2,
  WOFF,
  TTF,
  OTF,
  ZIP,
} as const satisfies Readonly<Record<string, FileType>>;
