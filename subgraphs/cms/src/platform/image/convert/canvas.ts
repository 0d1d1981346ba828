import { type Converted, damaged } from './conversion.ts';
import { encode } from './encode.ts';

/** Converts an image with the decoders of a browser engine, which do not notice that bytes are missing. */
export async function convertWithCanvas(bytes: Buffer): Promise<Omit<Converted, 'animated'>> {
  // Loaded only for such files: it is large.
  const { createCanvas, loadImage } = await import('@napi-rs/canvas');
  try {
    const image = await loadImage(bytes);
    const { width, height } = image;
    const context = createCanvas(width, height).getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, image: await encode({ width, height, data, channels: 4 }) };
  } catch (error) {
    throw damaged('The image cannot be decoded.', error);
  }
}
