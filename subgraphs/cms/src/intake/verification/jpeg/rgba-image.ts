export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface RgbaImage extends Size {
  /** Row by row, four bytes each. */
  readonly pixels: Uint8Array | Uint8ClampedArray;
}

const SIDEWAYS = 5;

/**
 * Rotates and mirrors an image according to its Exif orientation (Exif 2.32, 4.6.4 A; 1 is
 * upright).
 */
export function turn(image: RgbaImage, orientation: number): RgbaImage {
  if (orientation === 1) return image;
  const { width, height, pixels } = image;
  const shown = orientation >= SIDEWAYS ? { width: height, height: width } : { width, height };
  const turned = new Uint8ClampedArray(pixels.length);
  for (let y = 0; y < shown.height; y += 1) {
    for (let x = 0; x < shown.width; x += 1) {
      const from = storedPosition({ x, y }, { ...image, orientation });
      const at = (from.y * width + from.x) * 4;
      turned.set(pixels.subarray(at, at + 4), (y * shown.width + x) * 4);
    }
  }
  return { ...shown, pixels: turned };
}

/** The stored position of the pixel that is shown at `x`, `y`. */
function storedPosition(
  { x, y }: { x: number; y: number },
  { width, height, orientation }: Size & { orientation: number },
): { x: number; y: number } {
  const [right, bottom] = [width - 1, height - 1];
  if (orientation === 2) return { x: right - x, y };
  if (orientation === 3) return { x: right - x, y: bottom - y };
  if (orientation === 4) return { x, y: bottom - y };
  if (orientation === 5) return { x: y, y: x };
  if (orientation === 6) return { x: y, y: bottom - x };
  if (orientation === 7) return { x: right - y, y: bottom - x };
  if (orientation === 8) return { x: right - y, y: x };
  return { x, y };
}
