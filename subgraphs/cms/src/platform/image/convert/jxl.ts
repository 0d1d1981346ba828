import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { JxlImage, initSync } from 'jxl-oxide-wasm';
import { type Converter, checkSize, damaged } from './conversion.ts';
import { toCompact } from './encode.ts';

const wasm = fileURLToPath(import.meta.resolve('jxl-oxide-wasm/module.wasm'));

/** Converts the first image of a JPEG XL, in sRGB. */
export const convertJxl: Converter = async (path, { maxPixels }) => {
  initSync({ module: await readFile(wasm) });
  const image = new JxlImage();
  image.forceSrgb = true;
  try {
    image.feedBytes(await readFile(path));
    if (!image.tryInit()) throw damaged('The header is incomplete.');
    const { width = 0, height = 0, animated = false } = image;
    checkSize({ width, height }, maxPixels);
    if (!image.loaded) throw damaged('The file is incomplete.');
    const png = Buffer.from(image.render(0).encodeToPng());
    return { width, height, animated, image: await toCompact(png) };
  } catch (error) {
    // The decoder throws strings and values of WebAssembly.
    throw error instanceof Error ? error : damaged('The image cannot be decoded.', error);
  } finally {
    image.free();
  }
};
