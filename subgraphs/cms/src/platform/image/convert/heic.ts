import { readFile } from 'node:fs/promises';
import createLibheif, {
  type Failure,
  type Libheif,
} from 'libheif-js/libheif-wasm/libheif-bundle.js';
import { highRange } from '../colour-coding.ts';
import { boxAt } from '../media-boxes.ts';
import { type HeifProperties, readHeifProperties } from '../heif-properties.ts';
import { toSrgb } from '../to-srgb.ts';
import {
  ConversionError,
  type Converted,
  type Converter,
  checkSize,
  damaged,
} from './conversion.ts';
import { encode } from './encode.ts';

const HEVC = 'hvc1';
const TILES = 'grid';
/** Cameras write 48 for 12 megapixels. Each takes time, however small it is. */
const MAX_TILES = 1_000;
const SEQUENCE_BRANDS = /hevc|hevx|msf1/;

/** Converts the primary image of a HEIC, upright. */
export const convertHeic: Converter = async (path, { maxPixels }) => {
  const bytes = await readFile(path);
  const properties = readHeifProperties(bytes);
  if (!properties && boxAt(bytes, ['moov']))
    throw new ConversionError('unsupported', 'The file has no primary image.');
  if (!properties) throw damaged('The file has no primary image.');
  const { itemType, partTypes } = properties;
  const isInTiles = itemType === TILES && partTypes.every((type) => type === HEVC);
  if ((itemType !== HEVC && !isInTiles) || partTypes.length > MAX_TILES)
    throw new ConversionError('unsupported', 'The image is composed in another way.');
  checkSize(properties, maxPixels);
  // The decoder fills missing tiles with a colour.
  if (properties.dataEnd > bytes.length) throw damaged('The data of an image is missing.');
  // A separate module for each file: the memory of WebAssembly only grows.
  const libheif = await createLibheif();
  const context = libheif.heif_context_alloc();
  try {
    checkResult(libheif.heif_context_read_from_memory(context, bytes));
    return await decode(libheif, context, { properties, bytes, maxPixels });
  } finally {
    libheif.heif_context_free(context);
  }
};

async function decode(
  libheif: Libheif,
  context: object,
  {
    properties,
    bytes,
    maxPixels,
  }: { properties: HeifProperties; bytes: Buffer; maxPixels: number },
): Promise<Converted> {
  const { heif_colorspace: spaces, heif_chroma: chromas } = libheif;
  const handle = checkResult(libheif.heif_js_context_get_primary_image_handle(context));
  const hasAlpha = libheif.heif_image_handle_has_alpha_channel(handle) !== 0;
  const coding = properties.coding && highRange(properties.coding);
  const chroma = coding
    ? chromas[
        hasAlpha ? 'heif_chroma_interleaved_RRGGBBAA_LE' : 'heif_chroma_interleaved_RRGGBB_LE'
      ]
    : chromas[hasAlpha ? 'heif_chroma_interleaved_RGBA' : 'heif_chroma_interleaved_RGB'];
  const decoded = checkResult(
    await libheif.heif_js_decode_image2(handle, spaces.heif_colorspace_RGB, chroma),
  );
  const [plane] = decoded.channels;
  if (!plane) throw damaged('The image has no pixels.');
  const { width, height } = plane;
  checkSize({ width, height }, maxPixels);
  const channels = hasAlpha ? 4 : 3;
  const rows = withoutPadding(plane, width * channels * (coding ? 2 : 1));
  const data = coding
    ? toSrgb(
        {
          data: new Uint16Array(rows.buffer, 0, rows.length / 2),
          channels,
          max: 2 ** plane.bits_per_pixel - 1,
        },
        coding,
      )
    : rows;
  const image = await encode({
    width,
    height,
    data,
    channels,
    profile: coding ? null : properties.profile,
  });
  const animated = SEQUENCE_BRANDS.test(bytes.toString('latin1', 8, 12));
  return { width, height, animated, image };
}

/** Copies the rows out of the memory of the decoder. */
function withoutPadding(
  { data, stride, height }: { data: Uint8Array; stride: number; height: number },
  rowBytes: number,
): Uint8Array<ArrayBuffer> {
  const rows = new Uint8Array(rowBytes * height);
  for (let row = 0; row < height; row += 1)
    rows.set(data.subarray(row * stride, row * stride + rowBytes), row * rowBytes);
  return rows;
}

/** Results are errors if they have a code other than 0. */
function checkResult<Result extends Failure>(result: Result): Result {
  const { code, message } = result;
  if (code !== undefined && code.value !== 0)
    throw damaged('The image cannot be decoded.', new Error(message));
  return result;
}
