import { writeFile } from 'node:fs/promises';
import { ConversionError } from '../../platform/image/convert/conversion.ts';
import { convert } from '../../platform/image/convert/convert.ts';
import { NoPreviewError } from './no-preview-error.ts';

/**
 * Writes the image in a format that the image library reads.
 *
 * @throws NoPreviewError if there is no image that can be converted
 */
export async function convertToPreview({
  path,
  to,
  mimeType,
  maxImagePixels = Infinity,
}: {
  path: string;
  to: string;
  mimeType: string;
  maxImagePixels?: number;
}): Promise<void> {
  const { image } = await convertOrGiveUp(path, { mimeType, maxPixels: maxImagePixels });
  if (!image) throw new NoPreviewError('The file contains no image that can be converted.');
  await writeFile(to, image);
}

async function convertOrGiveUp(path: string, options: { mimeType: string; maxPixels: number }) {
  try {
    return await convert(path, options);
  } catch (error) {
    if (error instanceof ConversionError) throw new NoPreviewError(error.message, { cause: error });
    throw error;
  }
}
