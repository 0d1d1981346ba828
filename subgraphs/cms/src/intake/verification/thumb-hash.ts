import { rgbaToThumbHash } from 'thumbhash';
import type { RgbaImage } from './jpeg/rgba-image.ts';

/**
 * A ThumbHash has up to seven waves along a side. With fewer pixels than waves they would be mixed up, and the
 * placeholder would have other colours than the image.
 */
const MIN_SIDE = 7;
const ENLARGED_SIDE = 98;

/** The ThumbHash of an image of at most 100 × 100 pixels in base64. */
export function thumbHashOf(image: RgbaImage): string {
  const isLarge = image.width >= MIN_SIDE && image.height >= MIN_SIDE;
  const { width, height, pixels } = isLarge ? image : enlarged(image);
  return Buffer.from(rgbaToThumbHash(width, height, pixels)).toString('base64');
}

/** In the same aspect ratio, as far as a ThumbHash distinguishes it: up to 1:7. */
function enlarged(image: RgbaImage): RgbaImage {
  const scale = ENLARGED_SIDE / Math.max(image.width, image.height);
  const width = Math.max(MIN_SIDE, Math.round(image.width * scale));
  const height = Math.max(MIN_SIDE, Math.round(image.height * scale));
  const pixels = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    const row = Math.floor((y * image.height) / height) * image.width;
    for (let x = 0; x < width; x += 1) {
      const from = (row + Math.floor((x * image.width) / width)) * 4;
      pixels.set(image.pixels.subarray(from, from + 4), (y * width + x) * 4);
    }
  }
  return { width, height, pixels };
}
