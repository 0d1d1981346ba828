import sharp from 'sharp';

let drawn = 0;

/** An image that differs from all others of this process. */
export async function drawJpeg(width = 64, height = 48): Promise<Uint8Array<ArrayBuffer>> {
  drawn += 1;
  const background = { r: drawn % 256, g: Math.floor(drawn / 256), b: 100 };
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  const create = { width, height, channels: 3, background, noise } as const;
  return new Uint8Array(await sharp({ create }).jpeg().toBuffer());
}
