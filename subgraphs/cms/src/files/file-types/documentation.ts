import { DEFAULT_ACCEPTANCE } from './acceptance.ts';
import { type FileType, GROUPS, type Group } from './file-type.ts';
import { allTypes } from './file-types.ts';

const TITLES: Readonly<Record<Group, string>> = {
  images: 'Images',
  video: 'Video',
  audio: 'Audio',
  documents: 'Documents',
  text: 'Text',
  models: '3D models',
  fonts: 'Fonts',
  archives: 'Archives',
};

const SHOWN: Readonly<Record<FileType['shownAs'], string>> = {
  image: 'the image',
  drawing: 'the drawing, sharp in any size',
  converted: 'the image, converted',
  page: 'the first page',
  frame: 'a frame, with ffmpeg',
  nothing: '–',
};

const HEAD = `# File types

Generated from the table in \`subgraphs/cms/src/files/file-types\`: do not edit. A type is recognised by its bytes. Its
name and declared type may be missing or be one of those below; if they claim another type, the file is rejected with
\`TYPE_MISMATCH\`.

\`ACCEPTED_TYPES\` says which types a deployment accepts: groups (the titles below, in lower case) and extensions (the
first of each line), separated by commas, such as \`images, pdf, mp4\`. Other files are rejected with
\`UNSUPPORTED_TYPE\`. Files that were accepted before stay.

"Shown as" is what renditions and previews show. Files that are not served \`inline\` are always saved by browsers
(\`Content-Disposition: attachment\`), because a browser could run or load something in them.

Documents that could run something when they are opened are rejected with \`UNSUPPORTED_TYPE\`, unless \`ACCEPT_MACROS\` is
true: those with a macro project (an empty one too), macro sheets of Excel 4 or scripts, those that load a template or a
linked object over a network, and Office documents with a password, which hides their macros.

Bytes do not tell one kind of text from another: name and declared type do. All of a text is checked. It must be UTF-8, or
UTF-16 with a byte order mark; if name or declared type says that it is text, other encodings are accepted too, which are
served without a \`charset\`. Text with control characters, and text that begins like HTML, XML or a script, is rejected; only
Markdown may begin with markup. JSON and glTF of up to 2 MiB must be valid (\`TYPE_MISMATCH\`); larger files only text.
`;

/** The content of docs/file-types.md. */
export const documentTypes = (): string =>
  [HEAD, ...GROUPS.map((group) => sectionOf(group))].join('\n');

function sectionOf(group: Group): string {
  const types = allTypes.filter((type) => type.group === group);
  const isDefault = types.some((type) => DEFAULT_ACCEPTANCE.accepts(type));
  const note = isDefault ? '' : `Not accepted unless \`ACCEPTED_TYPES\` lists them.\n\n`;
  return `## ${TITLES[group]}

${note}| type | \`mediaType\` | served as | extensions | also declared as | shown as |
| --- | --- | --- | --- | --- | --- |
${types.map((type) => rowOf(type)).join('\n')}
${notesOf(types)}`;
}

function notesOf(types: readonly FileType[]): string {
  const notes = types.flatMap(({ name, note }) => (note ? [`- ${name}: ${note}`] : []));
  return notes.length === 0 ? '' : `\n${notes.join('\n')}\n`;
}

function rowOf(type: FileType): string {
  const { name, mediaType, mimeType, servedAs, maxBytes, runsMacros, shownAs } = type;
  const size = maxBytes === undefined ? '' : `, at most ${maxBytes.toLocaleString('en')} bytes`;
  const { extensionAliases = [], packedExtensions = [] } = type;
  const cells = [
    `${name}${size}${runsMacros ? ', only with `ACCEPT_MACROS`' : ''}`,
    mediaType,
    `\`${mimeType}\`${servedAs === 'attachment' ? ', attachment' : ''}`,
    listOf([type.extension, ...extensionAliases, ...packedExtensions]),
    listOf(type.mimeAliases ?? []),
    SHOWN[shownAs],
  ];
  return `| ${cells.join(' | ')} |`;
}

const listOf = (words: readonly string[]) =>
  words.length === 0 ? '–' : words.map((word) => `\`${word}\``).join(', ');
