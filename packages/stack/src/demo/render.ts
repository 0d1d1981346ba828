import sharp, { type Sharp } from 'sharp';

import type { DemoPicture, PictureFormat } from './pictures.ts';

const formats: Record<PictureFormat, { mimeType: string; encode(picture: Sharp): Sharp }> = {
  jpg: { mimeType: 'image/jpeg', encode: (picture) => picture.jpeg({ quality: 86 }) },
  png: { mimeType: 'image/png', encode: (picture) => picture.png({ compressionLevel: 6 }) },
  webp: { mimeType: 'image/webp', encode: (picture) => picture.webp({ quality: 82, effort: 0 }) },
};

/** The picture's bytes and their type. */
export async function render({ svg, format }: DemoPicture) {
  const { mimeType } = formats[format];
  const bytes = await formats[format].encode(sharp(Buffer.from(svg))).toBuffer();
  return { mimeType, bytes };
}
