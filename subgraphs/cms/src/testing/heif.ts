import { boxAt } from '../platform/image/media-boxes.ts';
import { avif } from './images.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A coded image: its codec, the box that configures the decoder, and the data. */
interface Coded extends Size {
  readonly codec: 'hvc1' | 'av01';
  readonly config: Buffer;
  readonly data: Buffer;
}

/** Red on the left, blue on the right. Encoded by x265. */
export const HEVC: Coded = {
  codec: 'hvc1',
  width: 64,
  height: 64,
  config: box(
    'hvcC',
    Buffer.from(
      'AQNwAAAAAAAAAAAAHvAA/P34+AAADwMgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQCEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqSSmubgQEDAgAAAMACAAAAwAIQCIAAQAHRAHBcrAiQA==',
      'base64',
    ),
  ),
  data: Buffer.from('AAAAKigBrwngIzaiP//70X3//tzHof61tLSf/62DH3+pLB//yCsdWPSv/7f/4A==', 'base64'),
};

/** A gradient of colours. */
export async function av1(size: Size): Promise<Coded> {
  const bytes = await avif(size);
  const properties = boxAt(afterVersion(boxAt(bytes, ['meta'])), ['iprp', 'ipco']);
  const config = boxAt(properties ?? Buffer.alloc(0), ['av1C']);
  const data = boxAt(bytes, ['mdat']);
  if (!config || !data) throw new Error('The encoder writes other boxes.');
  return { ...size, codec: 'av01', config: box('av1C', config), data };
}

const afterVersion = (body: Buffer | undefined) => (body ?? Buffer.alloc(4)).subarray(4);

/** Properties of the image, such as `rotation`. */
interface Still extends Coded {
  readonly brand?: string;
  readonly properties?: readonly Buffer[];
}

export const rotation = (quarterTurnsLeft: number): Buffer =>
  box('irot', Buffer.from([quarterTurnsLeft]));

/** Numbers of ISO 23091-2. */
export const coding = (primaries: number, transfer: number): Buffer =>
  box(
    'colr',
    Buffer.concat([Buffer.from('nclx'), words(primaries, transfer, 1), Buffer.from([0x80])]),
  );

export const profile = (icc: Buffer): Buffer =>
  box('colr', Buffer.concat([Buffer.from('prof'), icc]));

/** An image, or how it is composed of others, as an item of a file. */
interface Item {
  readonly type: string;
  readonly data: Buffer;
  readonly properties: readonly Buffer[];
}

/** A HEIC or AVIF with one image (ISO 23008-12). */
export const still = ({
  codec,
  config,
  data,
  width,
  height,
  brand = codec === 'hvc1' ? 'heic' : 'avif',
  properties = [],
}: Still): Buffer => {
  const size = fullBox('ispe', longs(width, height));
  return fileOf([{ type: codec, data, properties: [config, size, ...properties] }], { brand });
};

/** A HEIC whose image is composed of `columns` times `rows` tiles, all with the same colours. */
export function tiled(tile: Coded, { columns, rows }: { columns: number; rows: number }): Buffer {
  const [width, height] = [tile.width * columns, tile.height * rows];
  const count = columns * rows;
  const layout = Buffer.concat([Buffer.from([0, 1, rows - 1, columns - 1]), longs(width, height)]);
  const grid = { type: 'grid', data: layout, properties: [fullBox('ispe', longs(width, height))] };
  const size = fullBox('ispe', longs(tile.width, tile.height));
  const part = { type: tile.codec, data: tile.data, properties: [tile.config, size] };
  const parts = Array.from({ length: count }, () => part);
  const ids = parts.map((_part, index) => index + 2);
  const references = box('dimg', Buffer.concat([words(1, count), words(...ids)]));
  return fileOf([grid, ...parts], { brand: 'heic', references });
}

/** A file with these items, numbered from 1. The first one is the primary image. */
function fileOf(
  items: readonly Item[],
  { brand, references }: { brand: string; references?: Buffer },
): Buffer {
  const type = box('ftyp', Buffer.concat([Buffer.from(brand), longs(0), Buffer.from('mif1')]));
  const properties = [...new Set(items.flatMap((item) => item.properties))];
  // The properties have the numbers from 1; the first bit states that they are essential.
  const associations = items.map((item, index) => {
    const numbers = item.properties.map((property) => 0x80 | (properties.indexOf(property) + 1));
    return Buffer.concat([words(index + 1), Buffer.from([numbers.length, ...numbers])]);
  });
  const metaOf = (start: number) => {
    let at = start;
    const locations = items.map(({ data }, index) => {
      const location = Buffer.concat([words(index + 1, 0, 1), longs(at, data.length)]);
      at += data.length;
      return location;
    });
    const infos = items.map((item, index) =>
      fullBox(
        'infe',
        Buffer.concat([words(index + 1, 0), Buffer.from(item.type), Buffer.alloc(1)]),
        2,
      ),
    );
    return fullBox(
      'meta',
      Buffer.concat([
        HANDLER,
        fullBox('pitm', words(1)),
        fullBox('iloc', Buffer.concat([words(0x4400, items.length), ...locations])),
        fullBox('iinf', Buffer.concat([words(items.length), ...infos])),
        ...(references ? [fullBox('iref', references)] : []),
        box(
          'iprp',
          Buffer.concat([
            box('ipco', Buffer.concat(properties)),
            fullBox('ipma', Buffer.concat([longs(items.length), ...associations])),
          ]),
        ),
      ]),
    );
  };
  const offset = type.length + metaOf(0).length + 8;
  const data = Buffer.concat(items.map((item) => item.data));
  return Buffer.concat([type, metaOf(offset), box('mdat', data)]);
}

/** An AVIF image sequence whose images are all the same. */
export function sequence(
  { config, data, width, height }: Coded,
  { images }: { images: number },
): Buffer {
  const type = box('ftyp', Buffer.concat([Buffer.from('avis'), longs(0), Buffer.from('msf1avis')]));
  const entry = box(
    'av01',
    Buffer.concat([
      words(0, 0, 0, 1),
      Buffer.alloc(16),
      words(width, height, 72, 0, 72, 0, 0, 0, 1),
      Buffer.alloc(32),
      words(24, 0xffff),
      config,
    ]),
  );
  const movieOf = (offset: number) => {
    const samples = box(
      'stbl',
      Buffer.concat([
        fullBox('stsd', Buffer.concat([longs(1), entry])),
        fullBox('stts', longs(1, images, 1)),
        fullBox('stsc', longs(1, 1, images, 1)),
        fullBox('stsz', longs(data.length, images)),
        fullBox('stco', longs(1, offset)),
      ]),
    );
    const source = fullBox(
      'dref',
      Buffer.concat([longs(1), fullBox('url ', Buffer.alloc(0), 0, 1)]),
    );
    const media = box(
      'mdia',
      Buffer.concat([
        fullBox('mdhd', Buffer.concat([longs(0, 0, 10, images), words(0x55c4, 0)])),
        HANDLER,
        box(
          'minf',
          Buffer.concat([fullBox('vmhd', Buffer.alloc(8), 0, 1), box('dinf', source), samples]),
        ),
      ]),
    );
    const matrix = longs(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
    const track = box(
      'trak',
      Buffer.concat([
        fullBox(
          'tkhd',
          Buffer.concat([
            longs(0, 0, 1, 0, images, 0, 0),
            words(0, 0, 0, 0),
            matrix,
            longs(width * 0x10000, height * 0x10000),
          ]),
          0,
          3,
        ),
        media,
      ]),
    );
    const header = fullBox(
      'mvhd',
      Buffer.concat([
        longs(0, 0, 10, images, 0x10000),
        words(0x100, 0),
        longs(0, 0),
        matrix,
        Buffer.alloc(24),
        longs(2),
      ]),
    );
    return box('moov', Buffer.concat([header, track]));
  };
  const offset = type.length + movieOf(0).length + 8;
  const repeated = Buffer.concat(Array.from({ length: images }, () => data));
  return Buffer.concat([type, movieOf(offset), box('mdat', repeated)]);
}

function box(type: string, body: Buffer): Buffer {
  return Buffer.concat([longs(8 + body.length), Buffer.from(type), body]);
}

const fullBox = (type: string, body: Buffer, version = 0, flags = 0): Buffer =>
  box(type, Buffer.concat([Buffer.from([version, 0, 0, flags]), body]));

function longs(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, 2 * index);
  return bytes;
}

const HANDLER = fullBox(
  'hdlr',
  Buffer.concat([longs(0), Buffer.from('pict'), longs(0, 0, 0), Buffer.alloc(1)]),
);
