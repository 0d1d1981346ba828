import { ConversionError } from '../../platform/image/convert/conversion.ts';
import { convert } from '../../platform/image/convert/convert.ts';
import { damaged, hashOfImage, refusalOf } from './image.ts';
import { found } from './inspection.ts';
import type { Inspector } from './job.ts';

/** Converts an image that the image library does not read. The original is stored unchanged. */
export const inspectConverted: Inspector = async ({ type, job: { path, maxPixels } }) => {
  try {
    const { image, ...properties } = await convert(path, { mimeType: type.mimeType, maxPixels });
    if (!image) return found(properties);
    const thumbHash = await hashOfImage(image);
    return thumbHash ? found({ ...properties, thumbHash }) : damaged(type);
  } catch (error) {
    if (error instanceof ConversionError) return refusalOf(error, { type, maxPixels });
    throw error;
  }
};
