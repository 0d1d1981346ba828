import { type Converted, type Converter, damaged } from './conversion.ts';

/** By the type that a file is served as. Each decoder is loaded when the first such file comes. */
const CONVERTERS: Readonly<Record<string, () => Promise<Converter>>> = {
  'image/heic': async () => (await import('./heic.ts')).convertHeic,
  'image/jxl': async () => (await import('./jxl.ts')).convertJxl,
  'image/bmp': async () => (await import('./bmp.ts')).convertBmp,
  'image/x-icon': async () => (await import('./ico.ts')).convertIco,
  'image/vnd.adobe.photoshop': async () => (await import('./psd.ts')).convertPsd,
};

/**
 * Converts a file of a type that the image library does not read. Runs only in worker processes.
 * @throws ConversionError
 */
export async function convert(
  path: string,
  { mimeType, maxPixels }: { mimeType: string; maxPixels: number },
): Promise<Converted> {
  const load = CONVERTERS[mimeType];
  if (!load) throw new TypeError(`No converter for ${mimeType}.`);
  const converter = await load();
  try {
    return await converter(path, { maxPixels });
  } catch (error) {
    // Sizes that no buffer can have.
    throw error instanceof RangeError ? damaged('The decoder failed.', error) : error;
  }
}
