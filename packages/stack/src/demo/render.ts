import sharp, { type Sharp } from 'sharp';

import type { DemoImage, ImageFormat } from './images.ts';

const formats: Record<ImageFormat, { mimeType: string; encode(image: Sharp): Sharp }> = {
  jpg: { mimeType: 'image/jpeg', encode: (image) => image.jpeg({ quality: 86 }) },
  png: { mimeType: 'image/png', encode: (image) => image.png({ compressionLevel: 6 }) },
  webp: { mimeType: 'image/webp', encode: (image) => image.webp({ quality: 82, effort: 0 }) },
};

/** The image's bytes and their type. */
export async function render({ svg, format }: DemoImage) {
  const { mimeType } = formats[format];
  const bytes = await formats[format].encode(sharp(Buffer.from(svg))).toBuffer();
  return { mimeType, bytes };
}
