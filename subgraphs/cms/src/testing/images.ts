import sharp from 'sharp';

interface Size {
  width?: number;
  height?: number;
}

/** Colour gradients with noise, which compress badly; the same every time. */
export function pixels({ width = 160, height = 120 }: Size = {}, channels: 3 | 4 = 3): Buffer {
  const bytes = Buffer.alloc(width * height * channels);
  let seed = 1;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      const noise = (seed >> 16) % 24;
      const at = (y * width + x) * channels;
      bytes[at] = Math.min(255, (x * 255) / width + noise);
      bytes[at + 1] = Math.min(255, (y * 255) / height + noise);
      bytes[at + 2] = 128 + noise;
      if (channels === 4) bytes[at + 3] = 255 - noise;
    }
  }
  return bytes;
}

export function image(size: Size = {}) {
  const { width = 160, height = 120 } = size;
  return sharp(pixels({ width, height }), { raw: { width, height, channels: 3 } });
}

export const jpeg = (size?: Size): Promise<Buffer> => image(size).jpeg().toBuffer();
export const png = (size?: Size): Promise<Buffer> => image(size).png().toBuffer();
export const webp = (size?: Size): Promise<Buffer> => image(size).webp().toBuffer();
export const gif = (size?: Size): Promise<Buffer> => image(size).gif().toBuffer();
export const avif = (size?: Size): Promise<Buffer> => image(size).avif({ effort: 0 }).toBuffer();
export const tiff = (size?: Size): Promise<Buffer> =>
  image(size).tiff({ compression: 'lzw' }).toBuffer();

/** Taken with the camera rotated: it has `width` × `height` pixels and is shown rotated by 90°. */
export const jpegOnItsSide = (size?: Size): Promise<Buffer> =>
  image(size).withMetadata({ orientation: 6 }).jpeg().toBuffer();

export function animation({ frames, ...size }: { frames: number } & Size) {
  const { width = 40, height = 30 } = size;
  const stacked = { width, height: height * frames };
  return sharp(pixels(stacked), { raw: { ...stacked, channels: 3, pageHeight: height } });
}
