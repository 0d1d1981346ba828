import type { Sharp } from 'sharp';
import type { FileType } from '../../files/file-types/file-type.ts';
import { FILE_TYPES } from '../../files/file-types/file-types.ts';
import { type FileWindow, windowOn } from '../../platform/file-window.ts';
import type { ColourCoding } from '../../platform/image/colour-coding.ts';
import { ConversionError } from '../../platform/image/convert/conversion.ts';
import { backgroundOf, paintBehind } from '../../platform/image/drawing-background.ts';
import { readGif } from '../../platform/image/gif.ts';
import { type OpenImage, openImage } from '../../platform/image/open-image.ts';
import { isCompletePng } from '../../platform/image/png-chunks.ts';
import { sharp } from '../../platform/image/sharp.ts';
import { toSrgbPixels } from '../../platform/image/to-srgb.ts';
import { type Inspection, corrupt, found } from './inspection.ts';
import type { Inspector } from './job.ts';
import { readCredits } from './credits.ts';
import { type Jpeg, openJpeg } from './jpeg/jpeg.ts';
import { MARKERS } from './jpeg/segments.ts';
import type { RgbaImage } from './jpeg/rgba-image.ts';
import { regularJpeg } from './jpeg/regular.ts';
import { hasRareFrame, plainJpegSize } from './jpeg/size.ts';
import { validateJpeg } from './jpeg/validate-jpeg.ts';
import { thumbHashOf } from './thumb-hash.ts';
import { type Refused, rejectFile } from './verdict.ts';

/**
 * A ThumbHash has no waves shorter than a seventh of the image; more pixels than this add nothing.
 */
const THUMB_PIXELS = 32;
/** They are read into memory. */
const MAX_IRREGULAR_BYTES = 64 * 2 ** 20;

/**
 * Decodes the whole image once, with the frames of an animation, while shrinking it. A TIFF with
 * several pages and an AVIF with several images are represented by their first image.
 */
export const inspectImage: Inspector = async ({ file, type, job }) => {
  const { path, byteSize, maxPixels } = job;
  if (!hasEnd(type, { file, byteSize }))
    return corrupt(`The ${type.name} is damaged or incomplete.`);
  const jpeg = type === FILE_TYPES.JPEG ? openJpeg(file, byteSize) : null;
  if (jpeg && hasRareFrame(jpeg.head))
    return rejectFile('UNSUPPORTED_TYPE', 'Lossless and arithmetic JPEGs are not supported.');
  const plain = jpeg && plainJpegSize(jpeg.head);
  const header = plain ? { ...plain, orientation: 1 } : await readHeader(path, { type, maxPixels });
  if ('refused' in header) return header;
  const metadata = 'metadata' in header ? header.metadata : { iptc: iptcOf(jpeg) };

  const { width, height, orientation } = header;
  if (width * height > maxPixels)
    return rejectFile('IMAGE_TOO_LARGE', tooLarge({ width, height, maxPixels }));
  const small = jpeg && validateJpeg(jpeg, { maxSide: THUMB_PIXELS, orientation });
  if (small === 'damaged') return damaged(type);
  if (small && small !== 'whole')
    return found({
      width,
      height,
      thumbHash: thumbHashOf(small),
      ...(await readCredits(metadata)),
    });
  const image = 'input' in header ? header : await readHeader(path, { type, maxPixels });
  if ('refused' in image) return image;
  // libjpeg only warns when the data ends too early. Warnings of other decoders are harmless.
  const failOn = type === FILE_TYPES.JPEG && !small ? 'warning' : 'error';
  const thumbHash =
    (await decode(image, { failOn })) ??
    (type === FILE_TYPES.JPEG ? await hashOfIrregular(image, { file, byteSize }) : undefined);
  if (!thumbHash) return damaged(type);
  const credits = await readCredits(metadata);
  return found({ width, height, animated: image.frames > 1, thumbHash, ...credits });
};

/** The metadata of a JPEG without Exif. */
const iptcOf = (jpeg: Jpeg | null) =>
  jpeg?.head.segments.find(({ marker }) => marker === MARKERS.APP13)?.body;

/** The ThumbHash of a JPEG with irregularities that lose nothing; undefined if data is missing. */
async function hashOfIrregular(
  image: OpenImage,
  { file, byteSize }: { file: FileWindow; byteSize: number },
): Promise<string | undefined> {
  const regular = byteSize > MAX_IRREGULAR_BYTES ? null : regularJpeg(file.slice(0, byteSize));
  const jpeg = regular && openJpeg(windowOn(regular), regular.length);
  if (!jpeg) return undefined;
  const small = validateJpeg(jpeg, {
    maxSide: THUMB_PIXELS,
    orientation: image.orientation,
    allowsJunk: true,
  });
  if (small === 'damaged') return undefined;
  if (small && small !== 'whole') return thumbHashOf(small);
  return decode({ ...image, input: regular }, { failOn: small ? 'error' : 'warning' });
}

/** Checks the end of formats whose decoders do not notice that it is missing. */
function hasEnd(type: FileType, { file, byteSize }: { file: FileWindow; byteSize: number }) {
  if (type === FILE_TYPES.GIF) return readGif((offset) => file.byteAt(offset)).isComplete;
  return type !== FILE_TYPES.PNG || isCompletePng(file, byteSize);
}

export const damaged = ({ name }: FileType) =>
  corrupt(`The ${name} cannot be decoded. The file is damaged or incomplete.`);

async function readHeader(
  path: string,
  { type, maxPixels }: { type: FileType; maxPixels: number },
): Promise<OpenImage | Refused> {
  try {
    return await openImage(path, { animate: true, maxPixels });
  } catch (error) {
    if (error instanceof ConversionError) return refusalOf(error, { type, maxPixels });
    return corrupt(`The ${type.name} header cannot be read. The file is damaged.`);
  }
}

/** Why an image that the image library does not read cannot be converted. */
export function refusalOf(
  { reason, size }: ConversionError,
  { type, maxPixels }: { type: FileType; maxPixels: number },
): Refused {
  if (size) return rejectFile('IMAGE_TOO_LARGE', tooLarge({ ...size, maxPixels }));
  if (reason === 'damaged') return damaged(type);
  return rejectFile('UNSUPPORTED_TYPE', `This kind of ${type.name} is not supported.`);
}

/** The pixels of an image embedded in an SVG, from its header; null if it is not an image. */
export async function countPixels(image: Buffer): Promise<number | null> {
  try {
    const { width, height } = await sharp(image, { limitInputPixels: false }).metadata();
    return width * height;
  } catch {
    return null;
  }
}

/**
 * Renders a sanitized SVG, directly in a small size.
 *
 * @param size null if the SVG does not state it; then the size of its content is used
 */
export async function inspectDrawing(
  svg: Buffer,
  { size }: { size: { width: number; height: number } | null },
): Promise<Inspection> {
  const { width, height } = size ?? (await sizeOfDrawing(svg)) ?? {};
  if (!width || !height) return corrupt('The SVG is empty: it has no visible content.');
  const background = await backgroundOf(svg.toString());
  const thumbHash = await hashOfImage(svg, background);
  return thumbHash ? found({ width, height, thumbHash }) : corrupt('The SVG cannot be rendered.');
}

async function sizeOfDrawing(svg: Buffer) {
  try {
    return await sharp(svg, { limitInputPixels: false }).metadata();
  } catch {
    return undefined;
  }
}

/** The ThumbHash of a converted image or a drawing, in base64; undefined if it is damaged. */
export const hashOfImage = (
  input: Buffer,
  background: string | null = null,
): Promise<string | undefined> =>
  decode(
    { input, orientation: 1, decodableFrames: 1, coding: null },
    { failOn: 'error', background },
  );

/**
 * The ThumbHash of the first frame in base64; undefined if any part of any frame is missing or
 * damaged. The size was checked before.
 */
async function decode(
  image: Pick<OpenImage, 'input' | 'orientation' | 'decodableFrames' | 'coding'>,
  { failOn, background = null }: { failOn: 'warning' | 'error'; background?: string | null },
): Promise<string | undefined> {
  const { input, orientation, decodableFrames: frames, coding } = image;
  const source = sharp(input, { failOn, limitInputPixels: false, pages: frames });
  const upright = orientation === 1 ? source : source.autoOrient();
  const options = { fit: 'inside', withoutEnlargement: true } as const;
  const resized = upright.resize(THUMB_PIXELS, THUMB_PIXELS, options);
  const shrunk = paintBehind(resized, background);
  try {
    if (coding) return thumbHashOf(await readInSrgb(shrunk, coding));
    const { data, info } = await shrunk
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, channels } = info;
    const height = Math.floor(info.height / frames);
    const firstFrame = data.subarray(0, width * height * channels);
    return thumbHashOf({ width, height, pixels: toRgba(firstFrame, channels) });
  } catch {
    return undefined;
  }
}

async function readInSrgb(image: Sharp, coding: ColourCoding): Promise<RgbaImage> {
  const { data, info } = await toSrgbPixels(image, coding);
  const { width, height, channels } = info;
  return { width, height, pixels: toRgba(data, channels) };
}

/** libvips would take half a millisecond to add the alpha channel; this takes a hundredth of that. */
function toRgba(pixels: Uint8Array, channels: number): Uint8Array {
  if (channels === 4) return pixels;
  const rgba = new Uint8Array((pixels.length / channels) * 4).fill(255);
  for (let from = 0, to = 0; from < pixels.length; from += channels, to += 4) {
    rgba[to] = pixels[from] ?? 0;
    rgba[to + 1] = pixels[from + 1] ?? 0;
    rgba[to + 2] = pixels[from + 2] ?? 0;
  }
  return rgba;
}

const tooLarge = ({
  width,
  height,
  maxPixels,
}: Record<'width' | 'height' | 'maxPixels', number>): string =>
  `The image has ${width} × ${height} pixels. The maximum is ${maxPixels} pixels.`;
