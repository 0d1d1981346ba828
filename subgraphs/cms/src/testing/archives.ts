import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly body: string | Buffer;
  readonly isStored?: boolean;
  readonly isEncrypted?: boolean;
}

/** A ZIP, with each entry's header where the directory says. */
export function zip(entries: readonly ZipEntry[], comment = ''): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, body, isStored = false, isEncrypted = false } of entries) {
    const bytes = Buffer.from(body);
    const data = isStored ? bytes : deflateRawSync(bytes);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(isEncrypted ? 1 : 0, 2);
    facts.writeUInt16LE(isStored ? 0 : 8, 4);
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(Buffer.byteLength(name), 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const file = Buffer.concat([Buffer.from('PK\x03\x04'), facts, Buffer.from(name), data]);
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), facts, place, Buffer.from(name)]),
    );
    files.push(file);
    offset += file.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  end.writeUInt16LE(comment.length, 16);
  return Buffer.concat([...files, list, Buffer.from('PK\x05\x06'), end, Buffer.from(comment)]);
}

const WORD_MAIN =
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml';

interface OfficeOptions {
  /** The content type of the main part. */
  readonly main?: string;
  readonly path?: string;
  /** More elements of the list of parts. */
  readonly parts?: string;
  readonly more?: readonly ZipEntry[];
}

/** A document of Office 2007 or newer, DOCX by default. */
export const office = (options: OfficeOptions = {}): Buffer => zip(officeEntries(options));

export function officeEntries({
  main = WORD_MAIN,
  path = 'word/document.xml',
  parts = '',
  more = [],
}: OfficeOptions = {}): ZipEntry[] {
  const list = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/${path}" ContentType="${main}"/>${parts}</Types>`;
  return [
    { name: '[Content_Types].xml', body: list },
    { name: '_rels/.rels', body: links({ type: 'officeDocument', target: path }) },
    { name: path, body: '<document/>' },
    ...more,
  ];
}

/** A list of links, with one link. */
export const links = ({
  type,
  target,
  mode = 'Internal',
}: {
  type: string;
  target: string;
  mode?: string;
}): string => `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}"
 Target="${target}" TargetMode="${mode}"/></Relationships>`;

/** An OpenDocument, or with another content type an EPUB. */
export const openDocument = (mimeType: string, more: readonly ZipEntry[] = []): Buffer =>
  zip([
    { name: 'mimetype', body: mimeType, isStored: true },
    { name: 'content.xml', body: '<office:document-content/>' },
    { name: 'META-INF/container.xml', body: '<container/>' },
    ...more,
  ]);
