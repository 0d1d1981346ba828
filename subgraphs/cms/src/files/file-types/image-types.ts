import type { FileType } from './file-type.ts';

const JPEG: FileType = {
  name: 'JPEG',
  group: 'images',
  mediaType: 'IMAGE',
  mimeType: 'image/jpeg',
  extension: 'jpg',
  extensionAliases: ['jpeg', 'jpe', 'jfif', 'pjpeg', 'pjp'],
  mimeAliases: ['image/jpg', 'image/pjpeg'],
  inspectedAs: 'image',
  shownAs: 'image',
  servedAs: 'inline',
};

/** An animated PNG is a PNG: programs that can't animate it show its first image. */
const PNG: FileType = {
  name: 'PNG',
  group: 'images',
  mediaType: 'IMAGE',
  mimeType: 'image/png',
  extension: 'png',
  detectedAs: ['image/apng'],
  extensionAliases: ['apng'],
  mimeAliases: ['image/x-png', 'image/apng', 'image/vnd.mozilla.apng'],
  inspectedAs: 'image',
  shownAs: 'image',
  servedAs: 'inline',
};

const WEBP: FileType = {
  name: 'WebP',
  group: 'images',
  mediaType: 'IMAGE',
  mimeType: 'image/webp',
  extension: 'webp',
  mimeAliases: ['image/x-webp'],
  inspectedAs: 'image',
  shownAs: 'image',
  servedAs: 'inline',
};

const GIF: FileType = {
  name: 'GIF',
  group: 'images',
  mediaType: 'IMAGE',
  mimeType: 'image/gif',
  extension: 'gif',
  inspectedAs: 'image',
  shownAs: 'image',
  servedAs: 'inline',
};

const AVIF: FileType = {
  name: 'AVIF',
  group: 'images',
  mediaType: 'IMAGE',
  mimeType: 'image/avif',
  extension: 'avif',
  extensionAliases: ['avifs'],
  mimeAliases: ['image/avif-sequence'],
  inspectedAs: 'image',
  shownAs: 'image',
  servedAs: 'inline',
};

const TIFF: FileType = {
  name: 'TIFF',
  group: 'images',
  mediaType: 'IMAGE',
  mimeType: 'image/tiff',
  extension: 'tif',
  extensionAliases: ['tiff'],
  mimeAliases: ['image/tif', 'image/x-tif', 'image/x-tiff'],
  inspectedAs: 'image',
  shownAs: 'image',
  servedAs: 'inline',
};

/** Stored without scripts and external links. Removing them needs the whole file in memory, hence the limit. */
const SVG: FileType = {
  name: 'SVG',
  group: 'images',
  mediaType: 'IMAGE',
  mimeType: 'image/svg+xml',
  extension: 'svg',
  mimeAliases: [
    'image/svg',
    'application/svg+xml',
    'image/svg+xml-compressed',
    'application/gzip',
    'application/x-gzip',
  ],
  packedExtensions: ['svgz'],
  maxBytes: 5_000_000,
  inspectedAs: 'drawing',
  shownAs: 'drawing',
  servedAs: 'inline',
};

/** Converters read the whole file into memory. */
const MAX_CONVERTED_BYTES = 200_000_000;

/** Of iPhones and other cameras. The codec must be HEVC. Of several images the primary one is shown. */
const HEIC: FileType = {
  name: 'HEIC',
  group: 'images',
  mediaType: 'IMAGE',
  mimeType: 'image/heic',
  extension: 'heic',
  detectedAs: ['image/heif', 'image/heic-sequence', 'image/heif-sequence'],
  extensionAliases: ['heif', 'hif', 'heics', 'heifs'],
  mimeAliases: [
    'image/heif',
    'image/heic-sequence',
    'image/heif-sequence',
    'image/x-heic',
    'image/x-heif',
  ],
  maxBytes: MAX_CONVERTED_BYTES,
  inspectedAs: 'converted',
  shownAs: 'converted',
  servedAs: 'inline',
};

const JXL: FileType = {
  name: 'JPEG XL',
  group: 'images',
  mediaType: 'IMAGE',
  mimeType: 'image/jxl',
  extension: 'jxl',
  mimeAliases: ['image/x-jxl'],
  maxBytes: MAX_CONVERTED_BYTES,
  inspectedAs: 'converted',
  shownAs: 'converted',
  servedAs: 'inline',
};

const BMP: FileType = {
  name: 'BMP',
  group: 'images',
  mediaType: 'IMAGE',
  mimeType: 'image/bmp',
  extension: 'bmp',
  extensionAliases: ['dib'],
  mimeAliases: ['image/x-bmp', 'image/x-ms-bmp', 'image/x-windows-bmp'],
  maxBytes: MAX_CONVERTED_BYTES,
  inspectedAs: 'converted',
  shownAs: 'converted',
  servedAs: 'inline',
};

/** The largest of its images is shown. */
const ICO: FileType = {
  name: 'ICO',
  group: 'images',
  mediaType: 'IMAGE',
  mimeType: 'image/x-icon',
  extension: 'ico',
  mimeAliases: ['image/vnd.microsoft.icon', 'image/ico', 'image/icon'],
  maxBytes: 20_000_000,
  inspectedAs: 'converted',
  shownAs: 'converted',
  servedAs: 'inline',
};

/** Shown as the image that Photoshop composed when it saved the file, or else as its thumbnail. */
const PSD: FileType = {
  name: 'Photoshop',
  group: 'images',
  mediaType: 'IMAGE',
  mimeType: 'image/vnd.adobe.photoshop',
  extension: 'psd',
  extensionAliases: ['psb'],
  mimeAliases: [
    'image/psd',
    'image/x-psd',
    'image/photoshop',
    'image/x-photoshop',
    'application/photoshop',
    'application/x-photoshop',
    'application/psd',
  ],
  inspectedAs: 'converted',
  shownAs: 'converted',
  servedAs: 'attachment',
};

export const IMAGE_TYPES = {
  JPEG,
  PNG,
  WEBP,
  GIF,
  AVIF,
  HEIC,
  TIFF,
  SVG,
  BMP,
  ICO,
  JXL,
  PSD,
} as const satisfies Readonly<Record<string, FileType>>;
