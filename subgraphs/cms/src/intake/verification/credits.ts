import { normalText } from '@federated-media/subgraph-kit/normal-form';
import { CREDIT_LENGTH } from '../../model/media-file-columns.ts';

/** The metadata of an image, as sharp returns it. */
export interface EmbeddedMetadata {
  readonly exif?: Buffer | undefined;
  /** The image resources of Photoshop, which contain IPTC. */
  readonly iptc?: Buffer | undefined;
  readonly xmp?: Buffer | undefined;
}

export interface Credits {
  /** The people to name. */
  readonly credit: string | null;
  readonly copyright: string | null;
}

const NO_CREDITS: Credits = { credit: null, copyright: null };

/** The people that an image names: IPTC before XMP before Exif. What cannot be read is ignored. */
export async function readCredits(metadata: EmbeddedMetadata): Promise<Credits> {
  if (!mayNameAnyone(metadata)) return NO_CREDITS;
  try {
    // Loaded only for images that need it.
    const { default: reader } = await import('exifreader');
    const { iptc, xmp, exif } = reader.load(asJpeg(metadata), { expanded: true });
    const first = (...tags: readonly unknown[]) =>
      tags.map(textOf).find((text) => text !== null) ?? null;
    return {
      credit: first(
        iptc?.['Credit'],
        iptc?.['By-line'],
        xmp?.['Credit'],
        xmp?.['creator'],
        exif?.['Artist'],
      ),
      copyright: first(iptc?.['Copyright Notice'], xmp?.['rights'], exif?.['Copyright']),
    };
  } catch {
    return NO_CREDITS;
  }
}

/** Artist (0x013b) and Copyright (0x8298) in both byte orders (Exif 2.32, 4.6.5). */
const EXIF_TAGS = [
  [0x01, 0x3b],
  [0x3b, 0x01],
  [0x82, 0x98],
  [0x98, 0x82],
].map((bytes) => Buffer.from(bytes));
const XMP_NAMES = ['Credit', 'creator', 'rights'];

/** Most cameras write Exif without any of this: reading it all would take longer than everything else. */
const mayNameAnyone = ({ exif, iptc, xmp }: EmbeddedMetadata): boolean =>
  iptc !== undefined ||
  XMP_NAMES.some((name) => xmp?.includes(name)) ||
  EXIF_TAGS.some((tag) => exif?.includes(tag));

const MAX_SEGMENT = 65_533;
const [APP1, APP13] = [0xe1, 0xed];
const EXIF_HEADER = Buffer.from('Exif\0\0');
const XMP_HEADER = Buffer.from('http://ns.adobe.com/xap/1.0/\0');
const IPTC_HEADER = Buffer.from('Photoshop 3.0\0');

/** A JPEG with nothing but the metadata (XMP specification part 3, 1.1.3): the reader needs a file. */
function asJpeg({ exif, iptc, xmp }: EmbeddedMetadata): Buffer {
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...segment(APP1, EXIF_HEADER, exif),
    ...segment(APP1, XMP_HEADER, xmp),
    ...segment(APP13, IPTC_HEADER, iptc),
    Buffer.from([0xff, 0xd9]),
  ]);
}

/** Nothing for metadata that no segment can contain. */
function segment(marker: number, header: Buffer, given: Buffer | undefined): Buffer[] {
  if (!given) return [];
  const isComplete = given.subarray(0, header.length).equals(header);
  const body = isComplete ? given : Buffer.concat([header, given]);
  if (body.length > MAX_SEGMENT) return [];
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return [head, body];
}

const CONTROLS = /\p{Cc}+/gu;

/** The text of a tag, the first one if it is repeated. Null if it is blank. Cut to the length of the column. */
function textOf(given: unknown): string | null {
  const tag: unknown = Array.isArray(given) ? given.at(0) : given;
  if (typeof tag !== 'object' || tag === null || !('description' in tag)) return null;
  if (typeof tag.description !== 'string') return null;
  const text = normalText(tag.description.toWellFormed().replaceAll(CONTROLS, ' '))?.trim() ?? '';
  if (text === '') return null;
  return [...text].slice(0, CREDIT_LENGTH).join('');
}
